import { z } from 'zod';
import { VdaError } from '../base/error.ts';
import { excerpt, excerptList } from '../base/excerpt.ts';
import { readShape } from '../base/read-shape.ts';
import type { SpecialTemplate, TemplatePart } from './special-template.ts';

/** Largest figures that a file may name; each is many times what published tokenizers have. */
const largest = { id: 9_999_999, tokenTypes: 1024, addedToken: 256, word: 1000, places: 64 } as const;

const tokenId = z.int().min(0).max(largest.id);
const typeId = z
  .int()
  .min(0)
  .max(largest.tokenTypes - 1);

/** Checked entry by entry and kept as it is: a record of the schema library drops a token called `__proto__`. */
export const vocabularySchema = z
  .custom<Readonly<Record<string, number>>>(
    (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
    'expected an object of tokens and their ids',
  )
  .check(({ value, issues }) => {
    const wrong = Object.entries(value).find(([, id]) => !tokenId.safeParse(id).success);
    if (wrong === undefined) return;
    const message = `expected a whole number from 0 to ${largest.id}, got ${excerpt(JSON.stringify(wrong[1]) ?? '', 40)}`;
    issues.push({ code: 'custom', path: [wrong[0]], message, input: wrong[1] });
  });

const addedToken = z.looseObject({
  id: tokenId,
  content: z.string().max(largest.addedToken),
  special: z.boolean().default(false),
  normalized: z.boolean().default(true),
  lstrip: z.boolean().default(false),
  rstrip: z.boolean().default(false),
  single_word: z.boolean().default(false),
});

const model = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('WordPiece'),
    vocab: vocabularySchema,
    unk_token: z.string().default('[UNK]'),
    continuing_subword_prefix: z.string().default('##'),
    max_input_chars_per_word: z.int().min(1).max(largest.word).default(100),
  }),
  z.looseObject({
    type: z.literal('BPE'),
    vocab: vocabularySchema,
    merges: z.array(z.union([z.string(), z.tuple([z.string(), z.string()])])),
    unk_token: z.string().nullish(),
    dropout: z.literal(0).nullish(), // pieces drawn at random have no place in a measurement
    continuing_subword_prefix: z.literal('').nullish(),
    end_of_word_suffix: z.literal('').nullish(),
    fuse_unk: z.boolean().nullish(),
    byte_fallback: z.boolean().nullish(),
    ignore_merges: z.boolean().nullish(),
  }),
]);

const namedStep = z.looseObject({ type: z.string() });

const templateStep = z.union([
  z.object({ SpecialToken: z.object({ id: z.string(), type_id: typeId }) }),
  z.object({ Sequence: z.object({ id: z.enum(['A', 'B']), type_id: typeId }) }),
]);

/** Where the texts go, each of them once, and the special tokens around them. */
const template = (texts: readonly string[]) =>
  z
    .array(templateStep)
    .max(largest.places)
    .refine(
      (steps) =>
        steps
          .flatMap((step) => ('Sequence' in step ? [step.Sequence.id] : []))
          .sort()
          .join() === texts.join(),
      `expected ${texts.length === 1 ? 'the text A' : 'the texts A and B'}, once`,
    );

const pairOfTokenAndId = z.tuple([z.string(), tokenId]);

const tokenProcessor = z.discriminatedUnion('type', [
  z.looseObject({
    type: z.literal('TemplateProcessing'),
    single: template(['A']),
    pair: template(['A', 'B']),
    special_tokens: z.record(z.string(), z.looseObject({ ids: z.array(tokenId).max(largest.places) })),
  }),
  z.looseObject({ type: z.literal('BertProcessing'), sep: pairOfTokenAndId, cls: pairOfTokenAndId }),
  z.looseObject({ type: z.literal('RobertaProcessing'), sep: pairOfTokenAndId, cls: pairOfTokenAndId }),
]);

/** Moves offsets, which nothing here reads; ids and token types stay. */
const offsetProcessor = z.looseObject({ type: z.literal('ByteLevel') });

const postProcessor = z.discriminatedUnion('type', [
  tokenProcessor,
  z.looseObject({
    type: z.literal('Sequence'),
    processors: z.array(z.discriminatedUnion('type', [tokenProcessor, offsetProcessor])),
  }),
]);

const tokenizerJson = z.looseObject({
  added_tokens: z.array(addedToken).default([]),
  normalizer: namedStep.nullish(),
  pre_tokenizer: namedStep.nullish(),
  post_processor: postProcessor,
  model,
});

/** `tokenizer.json`, as far as this project reads it. */
export type TokenizerJson = z.infer<typeof tokenizerJson>;

const KNOWN_MODELS = ['WordPiece', 'BPE'];
const KNOWN_PROCESSORS = ['TemplateProcessing', 'BertProcessing', 'RobertaProcessing'];

const fields = z.looseObject({});
const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> => fields.safeParse(value).data ?? {};

/** The type of a model that does not name it, by the fields that only one type has. */
const typeByFields = (model: Readonly<Record<string, unknown>>): string | undefined => {
  if (model.merges !== undefined) return 'BPE';
  if (Array.isArray(model.vocab)) return 'Unigram';
  if (model.max_input_chars_per_word !== undefined) return 'WordPiece';
  return fields.safeParse(model.vocab).success ? 'WordLevel' : undefined;
};

/**
 * The content with its model's type, which files made before tokenizers 0.9 leave out, those of bert-base-uncased and
 * roberta-base on the hub among them. Hugging Face tokenizers tells the types apart in the same way (`ModelWrapper`).
 */
const withModelType = (value: unknown): unknown => {
  const model = fieldsOf(fieldsOf(value).model);
  const type = model.type === undefined ? typeByFields(model) : undefined;
  return type === undefined ? value : { ...fieldsOf(value), model: { type, ...model } };
};

/** Types of the post-processor, or of the members of a sequence; none for null. */
const processorTypes = (processor: unknown): readonly unknown[] => {
  const { type, processors } = fieldsOf(processor);
  const steps = type === 'Sequence' && Array.isArray(processors) ? processors : [processor];
  return steps.map((step) => fieldsOf(step).type).filter((name) => name !== undefined);
};

const requireKnownTypes = (value: unknown, where: string): void => {
  const { model, post_processor: processor } = fieldsOf(value);
  const { type } = fieldsOf(model);
  if (typeof type !== 'string') return;
  if (!KNOWN_MODELS.includes(type)) {
    throw new VdaError(
      'unsupported',
      `The tokenizer in ${where} is of type ${excerpt(type)}; vda reads ${KNOWN_MODELS.join(' and ')} tokenizers (BERT-like ` +
        'and RoBERTa-like models). Choose a model of one of these families.',
    );
  }
  const processors = processorTypes(processor);
  const placing = processors.filter((name) => name !== 'ByteLevel');
  const [first] = placing;
  if (placing.length === 1 && typeof first === 'string' && KNOWN_PROCESSORS.includes(first)) return;
  throw new VdaError(
    'unsupported',
    `The tokenizer in ${where} has the post-processor ${excerpt(processors.map((name) => (typeof name === 'string' ? name : 'of no name')).join(' + '), 120) || 'none'}, but vda expects one of ` +
      `${KNOWN_PROCESSORS.join(', ')}, alone or in a Sequence with ByteLevel: it says which special tokens go around ` +
      'a text. Choose a BERT-like or RoBERTa-like model.',
  );
};

/**
 * Checks the content of a `tokenizer.json`. A model without a type gets it.
 * @param where the file, for messages
 * @throws VdaError `unsupported` for a model other than WordPiece and BPE or a post-processor that is not known,
 *   `bad-input` for a wrong shape
 */
export const parseTokenizerJson = (value: unknown, where: string): TokenizerJson => {
  const typed = withModelType(value);
  requireKnownTypes(typed, where);
  const parsed = readShape(tokenizerJson, typed);
  const unplaced = parsed.ok ? missingFromTemplate(parsed.value) : [];
  if (parsed.ok && unplaced.length === 0) return parsed.value;
  const problem = parsed.ok
    ? `its post-processor places ${excerptList(unplaced)}, which it does not describe`
    : parsed.problem;
  throw new VdaError(
    'bad-input',
    `The tokenizer in ${where} is not as expected: ${problem}. Copy the file again from the model it belongs to.`,
  );
};

type Processor = TokenizerJson['post_processor'];

/** The step that places special tokens: there is one, or the types would have been refused. */
const placingStep = (postProcessor: Processor) => {
  const steps = postProcessor.type === 'Sequence' ? postProcessor.processors : [postProcessor];
  return steps.find((step) => step.type !== 'ByteLevel')!;
};

/** Special tokens that a template places without saying their ids. */
const missingFromTemplate = ({ post_processor }: TokenizerJson): readonly string[] => {
  const processor = placingStep(post_processor);
  if (processor.type !== 'TemplateProcessing') return [];
  const placed = [...processor.single, ...processor.pair].flatMap((step) =>
    'SpecialToken' in step ? [step.SpecialToken.id] : [],
  );
  return placed.filter((id) => !Object.hasOwn(processor.special_tokens, id));
};

/**
 * Where the tokenizer puts special tokens. RoBERTa separates the texts of a pair by two.
 * @param options.typed whether token types are given; else all are 0. Default true
 */
export const templateOf = (
  postProcessor: TokenizerJson['post_processor'],
  { typed = true }: { readonly typed?: boolean } = {},
): SpecialTemplate => {
  const template = typedTemplate(postProcessor);
  if (typed) return template;
  const untyped = (parts: readonly TemplatePart[]) => parts.map((part) => ({ ...part, typeId: 0 }));
  return { single: untyped(template.single), pair: untyped(template.pair) };
};

const typedTemplate = (postProcessor: Processor): SpecialTemplate => {
  const processor = placingStep(postProcessor);
  if (processor.type !== 'TemplateProcessing') {
    const isTwice = processor.type === 'RobertaProcessing';
    const fixed = ([, token]: readonly [string, number], typeId = 0): TemplatePart => ({ token, typeId });
    const second = isTwice ? 0 : 1;
    const single = [fixed(processor.cls), { text: 0, typeId: 0 } as const, fixed(processor.sep)];
    const between = isTwice ? [fixed(processor.sep)] : [];
    return {
      single,
      pair: [...single, ...between, { text: 1, typeId: second }, fixed(processor.sep, second)],
    };
  }
  const parts = (steps: z.infer<typeof templateStep>[]): TemplatePart[] =>
    steps.flatMap((step): TemplatePart[] => {
      if ('Sequence' in step)
        return [{ text: step.Sequence.id === 'A' ? 0 : 1, typeId: step.Sequence.type_id }];
      const { id, type_id: typeId } = step.SpecialToken;
      return processor.special_tokens[id]!.ids.map((token) => ({ token, typeId }));
    });
  return { single: parts(processor.single), pair: parts(processor.pair) };
};
