import { z } from 'zod';
import { argument } from '../base/error.ts';
import { quotedExcerpt } from '../base/excerpt.ts';
import { scoreKinds } from '../inference/victims/contract.ts';
import { type ContractName, contracts } from '../inference/victims/index.ts';
import { path } from './data.ts';
import { didYouMean } from './names.ts';
import { choice, option } from './spec.ts';

/** Kinds of victims beside models that vda loads itself, by the word before the colon of `--victim`. */
export const victimKinds = {
  onnx: 'an ONNX file, with its tokenizer beside it or in --victim-tokenizer',
  module: 'a JavaScript module that exports predict(texts)',
  ...(Object.fromEntries(Object.entries(contracts).map(([name, { summary }]) => [name, summary])) as Record<
    ContractName,
    string
  >),
} as const;

export type VictimKind = keyof typeof victimKinds;

/** `--victim` as its kind and its place. */
export interface VictimPlace {
  readonly kind: VictimKind;
  /** A path or an address. */
  readonly place: string;
}

/** `KIND:PLACE`, or what is wrong about it. */
export function parseVictim(text: string): VictimPlace | string {
  const [, kind = '', place = ''] = /^([a-z]+):(.*)$/s.exec(text) ?? [];
  if (Object.hasOwn(victimKinds, kind) && place !== '') return { kind: kind as VictimKind, place };
  const kinds = Object.keys(victimKinds);
  const known = Object.hasOwn(victimKinds, kind);
  const remedy = known
    ? `what stands after ${kind}: is missing.`
    : kind === 'http' || kind === 'https'
      ? `say what the service speaks, such as textattack:${kind}://….`
      : `expected one of ${kinds.join(', ')}, a colon and a path or an address.${kind === '' ? '' : didYouMean(kind, kinds)} ` +
        `A folder or a model of the hub goes by ${argument('model')}.`;
  return `${argument('victim')}: ${quotedExcerpt(text.split(/[?#@]/)[0]!, 60)}: ${remedy}`;
}

const group = 'Victim';

/** Options of victims of other kinds. */
export const victimOptions = {
  victim: option(path().optional(), {
    description: `What is asked in place of --model, as KIND:PLACE, such as textattack:http://localhost:8000/. Kinds: ${Object.entries(
      victimKinds,
    )
      .map(([kind, what]) => `${kind} (${what})`)
      .join('; ')}.`,
    group,
    value: 'KIND:PLACE',
    knownAs: ['model-from-file', 'endpoint', 'api-url', 'url'],
  }),
  victimLabels: option(z.array(z.string().min(1)).min(2).optional(), {
    description: 'Names of the victim’s classes in order. By default those that it names itself.',
    group,
    value: 'NAME',
    expected: 'a list of at least two names that are not empty',
  }),
  victimScores: option(choice(scoreKinds).default('probabilities'), {
    description:
      'What the victim answers: probabilities, logits (asked for where the contract has them), or decisions, the label alone.',
    group,
  }),
  victimVersion: option(z.string().min(1).optional(), {
    description:
      'What tells this state of the victim from later ones at the same place; results and answers are kept apart by it.',
    group,
    value: 'TEXT',
  }),
  victimTokenizer: option(path().optional(), {
    description: 'Folder of the tokenizer of an ONNX file. By default its own folder, or the one above.',
    group,
    value: 'DIR',
  }),
  victimModel: option(z.string().min(1).optional(), {
    description: 'Name of the model that a chat service is to use.',
    group,
    value: 'TEXT',
  }),
  victimInstruction: option(z.string().min(1).optional(), {
    description: 'What a chat model is told before the text. By default to answer with one of the labels.',
    group,
    value: 'TEXT',
    knownAs: ['system-prompt', 'prompt'],
  }),
  victimToken: option(z.string().min(1).optional(), {
    description:
      'Name of the environment variable that holds the bearer token of a service. The token itself is never written anywhere.',
    group,
    value: 'VARIABLE',
    knownAs: ['api-key', 'api-token', 'token'],
  }),
  victimBatch: option(z.int().min(1).optional(), {
    description: 'Texts in a request. Default: 1 (textattack, chat), 32 (hf, tei), 64 (module).',
    group,
    unit: 'texts',
  }),
  victimConcurrency: option(z.int().min(1).optional(), {
    description: 'Requests under way at once. Default: 4, and 1 for a module.',
    group,
    unit: 'requests',
  }),
  victimTimeout: option(z.number().positive().default(60), {
    description: 'Time for a request; one that takes longer is made again.',
    group,
    unit: 'seconds',
  }),
  victimAttempts: option(z.int().min(1).default(8), {
    description:
      'Times that a request is made before its failure stops the attack, after pauses of 1, 2, 4, … seconds or what Retry-After says. What was done is kept.',
    group,
    unit: 'times',
    knownAs: ['retries', 'max-retries'],
  }),
  victimRate: option(z.number().positive().optional(), {
    description: 'Texts asked a second, on average. By default without limit.',
    group,
    unit: 'texts/s',
    knownAs: ['rate-limit'],
  }),
  maxRequests: option(z.int().min(1).optional(), {
    description:
      'Most requests that one start may cost, those that fail included; then the attack stops, and the same command goes on. By default without limit.',
    group,
    unit: 'requests',
  }),
  maxTexts: option(z.int().min(1).optional(), {
    description: 'Most texts that one start may ask, likewise.',
    group,
    unit: 'texts',
  }),
  votes: option(z.int().min(1).optional(), {
    description:
      'Times that each text is asked, for stochastic victims, or copies of it with --smoothing (then 100 unless told): their mean is one query, and a flip is a success only if it holds in most of ten fresh draws. By default once.',
    group,
    unit: 'times',
  }),
};

/** Options of a command that asks a model, or a victim of another kind. */
export type VictimOptions = z.output<z.ZodObject<typeof victimOptions>> & {
  readonly model?: string | undefined;
};

/** Options that every service has. */
const asked = [
  ...['victimLabels', 'victimScores', 'victimVersion', 'victimBatch', 'victimConcurrency', 'victimTimeout'],
  ...['victimAttempts', 'victimRate', 'maxRequests', 'maxTexts'],
];

/** Options that each kind reads; `votes` is for all. */
const readBy = {
  onnx: ['victimLabels', 'victimTokenizer'],
  module: asked,
  textattack: [...asked, 'victimToken'],
  hf: [...asked, 'victimToken'],
  tei: [...asked, 'victimToken'],
  chat: [...asked, 'victimToken', 'victimModel', 'victimInstruction'],
} as const satisfies Record<VictimKind, readonly string[]>;

/** What is wrong about the victim and its options. */
export function victimProblems(options: VictimOptions, given: ReadonlySet<string>): readonly string[] {
  const { model, victim, victimToken } = options;
  if (model === undefined && victim === undefined)
    return [
      `${argument('model')} is required: the classifier, or another kind of victim with ${argument('victim')}.`,
    ];
  if (model !== undefined && victim !== undefined)
    return [`${argument('model')} and ${argument('victim')} exclude each other; give one.`];
  const parsed = victim === undefined ? undefined : parseVictim(victim);
  if (typeof parsed === 'string') return [parsed];
  const read: readonly string[] = parsed === undefined ? [] : readBy[parsed.kind];
  const idle = Object.keys(victimOptions).filter(
    (key) => given.has(key) && key !== 'victim' && key !== 'votes' && !read.includes(key),
  );
  const problems = idle.map((key) =>
    parsed === undefined
      ? `${argument(key)} has no effect without ${argument('victim')}.`
      : `${argument(key)} has no effect on victims of the kind ${parsed.kind}.`,
  );
  // Not shown: who gives the token itself must not find it in a log.
  if (victimToken !== undefined && !/^[A-Z_][A-Z0-9_]*$/.test(victimToken)) {
    problems.push(
      `${argument('victimToken')}: expected the name of an environment variable, in capital letters, such as HF_TOKEN. If that was the token itself, consider it known now.`,
    );
  }
  if (parsed?.kind === 'chat' && options.victimLabels === undefined)
    problems.push(`${argument('victimLabels')} is required: the words that a chat model is to answer with.`);
  if (options.victimScores === 'decisions' && parsed !== undefined && options.victimLabels === undefined) {
    if (parsed.kind !== 'chat' && parsed.kind !== 'module')
      problems.push(`${argument('victimLabels')} is required where a victim's answers are decisions.`);
  }
  return problems;
}
