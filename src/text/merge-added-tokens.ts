import { VdaError } from '../base/error.ts';
import { readShape } from '../base/read-shape.ts';
import type { AddedToken } from './piece-model.ts';
import { parsedJson, roles, type TokenizerConfig, tokenOfRole } from './tokenizer-config.ts';
import { type TokenizerJson, vocabularySchema } from './tokenizer-json.ts';

/** A token to add; its id follows from what is there already. */
type NewToken = Omit<AddedToken, 'id'>;

type DescribedToken = Pick<NewToken, 'content'> & {
  readonly [K in keyof Omit<NewToken, 'content'>]?: NewToken[K] | undefined;
};

const specialToken = (content: string): NewToken => newToken({ content, special: true });

/** A token as `AddedToken(…)` of tokenizers completes it. */
const newToken = (token: DescribedToken): NewToken => ({
  content: token.content,
  special: token.special === true,
  normalized: token.normalized ?? token.special !== true,
  lstrip: token.lstrip === true,
  rstrip: token.rstrip === true,
  single_word: token.single_word === true,
});

/**
 * A tokenizer with the tokens that its other files add: `added_tokens_decoder` of `tokenizer_config.json` or, without it,
 * `added_tokens.json`; then the named special tokens and `additional_special_tokens`. As in transformers' fast tokenizers a
 * token that is there keeps what it is, one in the vocabulary its id, and the others are numbered in their order after the
 * last id, whatever number their file gives them.
 *
 * Source: `PreTrainedTokenizerBase._from_pretrained` and `PreTrainedTokenizerFast.__init__` of transformers 4.57.6;
 * `AddedVocabulary::add_tokens` of tokenizers 0.22.
 * @throws VdaError `bad-input` when `added_tokens.json` does not map tokens to ids
 */
export const withAddedTokens = (
  json: TokenizerJson,
  p: {
    readonly files: Readonly<Record<string, string | undefined>>;
    readonly config: TokenizerConfig;
    readonly where: string;
  },
): TokenizerJson => {
  const { config } = p;
  const namedRoles = roles.flatMap((role) => tokenOfRole(config, role) ?? []);
  const additional = (config.additional_special_tokens ?? []).map((token) =>
    typeof token === 'string' ? specialToken(token) : newToken({ ...token, special: true }),
  );
  const specials = new Set([...namedRoles, ...additional.map(({ content }) => content)]);
  const decoder = config.added_tokens_decoder;
  const numbered: readonly (readonly [number, NewToken])[] = decoder
    ? Object.entries(decoder).map(([id, token]) => {
        const isSpecial = token.special === true || specials.has(token.content);
        return [Number(id), { ...newToken(token), special: isSpecial }];
      })
    : legacyTokens(p, { json, specials });
  const ordered = [...numbered].sort(([a], [b]) => a - b).map(([, token]) => token);
  const { vocab } = json.model;
  // A special token of no vocabulary is left out: whoever needs it says so.
  const named = namedRoles.filter((content) => Object.hasOwn(vocab, content)).map(specialToken);

  const known = new Set(json.added_tokens.map(({ content }) => content));
  const size = Object.keys(vocab).length;
  let next = json.added_tokens.reduce((most, { id }) => Math.max(most, id + 1), size);
  const added = [...ordered, ...named, ...additional].flatMap((token) => {
    if (known.has(token.content) || token.content === '') return [];
    known.add(token.content);
    return [{ ...token, id: Object.hasOwn(vocab, token.content) ? vocab[token.content]! : next++ }];
  });
  return added.length === 0 ? json : { ...json, added_tokens: [...json.added_tokens, ...added] };
};

/** Tokens of `added_tokens.json` by their number; those of `tokenizer.json` take theirs. */
const legacyTokens = (
  { files, where }: Parameters<typeof withAddedTokens>[1],
  { json, specials }: { readonly json: TokenizerJson; readonly specials: ReadonlySet<string> },
): readonly (readonly [number, NewToken])[] => {
  const text = files['added_tokens.json'];
  if (text === undefined) return [];
  const parsed = readShape(vocabularySchema, parsedJson(text, `${where}/added_tokens.json`));
  if (!parsed.ok) {
    throw new VdaError(
      'bad-input',
      `${where}/added_tokens.json should map tokens to ids, such as {"<user>": 30522}: ${parsed.problem}. Use the model's ` +
        'own file.',
    );
  }
  const taken = new Set(files['tokenizer.json'] === undefined ? [] : json.added_tokens.map(({ id }) => id));
  return Object.entries(parsed.value)
    .filter(([, id]) => !taken.has(id))
    .map(([content, id]) => {
      const special = specials.has(content);
      return [id, newToken({ content, special })] as const;
    });
};
