import { WrongAnswer } from '../../attacks/check-answers.ts';
import { VdaError } from '../../base/error.ts';
import { excerptList, quotedExcerpt } from '../../base/excerpt.ts';
import { type Contract, type ContractSettings, isObject, notOfContract, type Said } from './contract.ts';

/** The most that OpenAI's interface gives. */
const topLogprobs = 20;

/** What a chat model is told where nothing else is given. */
const defaultInstruction = (labels: readonly string[]): string =>
  `Classify the text of the user. Answer with one of these words and nothing else: ${labels.join(', ')}.`;

/**
 * OpenAI-compatible chat completions with the labels as words, temperature 0.
 *
 * With scores, the first token of the answer is asked for with its 20 likeliest alternatives. The mass of a label is the sum of
 * p(token) over tokens that begin it and no other label (case and spaces do not count); rows are masses divided by their sum.
 * A label with no token among them is at most as likely as the least likely of them, and counts as that. As decisions, the
 * answer's words are read.
 *
 * Source: OpenAI API, `POST /v1/chat/completions`, `logprobs` and `top_logprobs`.
 */
export const chat: Contract = {
  ...{ id: 'chat', version: 1, summary: 'OpenAI-compatible chat: label words, by logprobs or as decisions' },
  ...{ batch: 1, largestBatch: 1, readsPairs: false, namesLabels: false, reads: ['model', 'instruction'] },
  scores: ['probabilities', 'decisions'],
  body: ([input], settings) => ({
    ...(settings.model !== undefined && { model: settings.model }),
    messages: [
      { role: 'system', content: settings.instruction ?? defaultInstruction(labelWords(settings)) },
      { role: 'user', content: input!.text },
    ],
    temperature: 0,
    ...(settings.scores === 'decisions'
      ? { max_tokens: 16 }
      : { max_tokens: 1, logprobs: true, top_logprobs: topLogprobs }),
  }),
  said: (answer, { settings }) => {
    const choice = isObject(answer) && Array.isArray(answer.choices) ? answer.choices[0] : undefined;
    if (!isObject(choice)) throw notOfContract(answer, 'a chat completion, {"choices": [{"message": …}]}');
    return [settings.scores === 'decisions' ? decided(choice, settings) : weighed(choice, settings)];
  },
};

const labelWords = ({ labels }: ContractSettings): readonly string[] => {
  if (labels !== undefined) return labels;
  throw new VdaError('internal', 'A chat model was asked without the words of its labels.');
};

const plain = (text: string): string => text.trim().toLowerCase();

/** The answer is none of the labels: the fault of this text, or of the instruction. */
const noLabel = (answer: string, labels: readonly string[]): VdaError =>
  new VdaError(
    'bad-input',
    `The victim answered ${quotedExcerpt(answer)}, which begins with none of its labels: ${excerptList(labels)}.`,
  );

function decided(choice: Readonly<Record<string, unknown>>, settings: ContractSettings): Said {
  const labels = labelWords(settings);
  const content = isObject(choice.message) ? choice.message.content : undefined;
  if (typeof content !== 'string') throw notOfContract(choice, '"message" with a "content" of text');
  const words = plain(content).replace(/^[^\p{L}\p{N}]+/u, '');
  const meant = labels.filter((label) => {
    const after = words.slice(plain(label).length);
    return words.startsWith(plain(label)) && !/^[\p{L}\p{N}]/u.test(after);
  });
  const longest = meant.sort((a, b) => b.length - a.length)[0];
  if (longest === undefined) throw noLabel(content, labels);
  return new Map([[longest, 1]]);
}

interface TokenProbability {
  readonly token: string;
  readonly logprob: number;
}

const isTokenProbability = (value: unknown): value is TokenProbability =>
  isObject(value) && typeof value.token === 'string' && typeof value.logprob === 'number';

function weighed(choice: Readonly<Record<string, unknown>>, settings: ContractSettings): Said {
  const labels = labelWords(settings);
  const content = isObject(choice.logprobs) ? choice.logprobs.content : undefined;
  const first: unknown = Array.isArray(content) ? content[0] : undefined;
  const tokens: unknown = isObject(first) ? first.top_logprobs : undefined;
  if (!Array.isArray(tokens) || tokens.length === 0 || !tokens.every(isTokenProbability)) {
    throw new WrongAnswer(
      'The victim answered without the log-probabilities of its tokens, so there are no scores. Choose a service that gives ' +
        'logprobs and top_logprobs, or take its answers as decisions.',
    );
  }
  const masses = new Map<string, number>();
  for (const { token, logprob } of tokens) {
    const begun = labels.filter((label) => plain(token) !== '' && plain(label).startsWith(plain(token)));
    if (begun.length === 1) masses.set(begun[0]!, (masses.get(begun[0]!) ?? 0) + Math.exp(logprob));
  }
  if (masses.size === 0) throw noLabel(tokens[0]!.token, labels);
  const least = Math.min(...tokens.map(({ logprob }) => Math.exp(logprob)));
  const all = labels.map((label) => masses.get(label) ?? least);
  const sum = all.reduce((total, mass) => total + mass, 0);
  return new Map(labels.map((label, i) => [label, all[i]! / sum]));
}
