import { VdaError } from '../base/error.ts';
import { excerpt, excerptList, quotedExcerpt } from '../base/excerpt.ts';
import type { Example } from '../data/dataset.ts';
import type { MaskedLanguageModel, MaskedLmText, PieceCandidates, WordCandidates } from './masked-lm.ts';
import type { Vocabulary } from './search/example-tools.ts';
import type { Logits, Probabilities, Victim, VictimInput } from './victim.ts';

/** A victim or masked language model answers what it must not: no fault of one text, so the whole attack stops. */
export class WrongAnswer extends VdaError {
  constructor(message: string) {
    super('bad-input', message);
  }
}

/** A model that cannot be asked any more: gone, refused or out of its budget. No fault of one text, so the whole attack stops. */
export class ModelUnavailable extends VdaError {
  constructor(message: string, options?: ErrorOptions) {
    super('offline', message, options);
  }
}

/** Whether what a model threw says that the model itself is at fault, so that any other text would fare the same. */
export const isModelAtFault = (thrown: unknown): boolean =>
  thrown instanceof WrongAnswer ||
  thrown instanceof ModelUnavailable ||
  (thrown instanceof VdaError && thrown.code === 'diverged');

/** How far from 1 the sum of a row may be: probabilities rounded to two decimals pass, logits and sigmoids seldom do. */
const tolerance = 0.02;

/** @throws WrongAnswer when labels are fewer than two, repeated or no names, there is no unknown token, or its answers are of no kind */
export function checkVictim({ labels, unkToken, answers }: Victim): void {
  const names: unknown = labels;
  const fits = Array.isArray(names) && names.length >= 2 && names.every((name) => typeof name === 'string');
  if (!fits || new Set(names).size < names.length) {
    throw new WrongAnswer(
      `The victim's labels are ${shown(names)}; expected the names of its classes, two at least and no two alike.`,
    );
  }
  if (typeof unkToken !== 'string' || unkToken.trim() === '') {
    throw new WrongAnswer(
      `The victim's unkToken is ${shown(unkToken)}; expected what stands for an unknown word in its text, such as [UNK].`,
    );
  }
  const kind: unknown = answers;
  if (kind !== undefined && kind !== 'logits' && kind !== 'probabilities' && kind !== 'decisions') {
    throw new WrongAnswer(
      `The victim's answers is ${shown(kind)}; expected logits, probabilities or decisions.`,
    );
  }
}

/** @throws WrongAnswer when an example is not one of the victim's: another class, or no text */
export function checkExample(example: Example, { labels }: Pick<Victim, 'labels'>): void {
  if (typeof example !== 'object' || example === null)
    throw new WrongAnswer(`An example is ${shown(example)}; expected an object with id, text and label.`);
  const { id, text, textPair, label } = example;
  if (!Number.isInteger(label) || label < 0 || label >= labels.length) {
    throw new WrongAnswer(
      `Example ${id} has the label ${shown(label)}; expected a whole number from 0 to ${labels.length - 1}, of the victim's ` +
        `classes ${excerptList(labels)}.`,
    );
  }
  if (typeof text !== 'string' || (textPair !== undefined && typeof textPair !== 'string')) {
    throw new WrongAnswer(
      `Example ${id} has no text: got ${shown(typeof text === 'string' ? textPair : text)}.`,
    );
  }
}

/**
 * The rows that a victim answered, if they are what they must be. A NaN would pass for a prediction of the first class, and
 * logits for probabilities that are compared and recorded as such.
 *
 * @throws WrongAnswer that quotes the first row that is not
 */
export function checkedRows(
  rows: unknown,
  p: { readonly asked: readonly VictimInput[]; readonly victim: Pick<Victim, 'labels' | 'answers'> },
): readonly (Logits | Probabilities)[] {
  const { asked } = p;
  const { labels, answers = 'probabilities' } = p.victim;
  if (!Array.isArray(rows) || rows.length !== asked.length) {
    const got = Array.isArray(rows) ? `${rows.length} rows` : shown(rows);
    throw new WrongAnswer(
      `The victim answered ${got} to ${asked.length} texts; expected a row for each, in their order.`,
    );
  }
  rows.forEach((row: unknown, i) => {
    const fault = faultOf(row, { classes: labels.length, answers });
    if (fault === undefined) return;
    throw new WrongAnswer(
      `The victim answered ${shown(row)} to ${quotedExcerpt(asked[i]!.textPair ?? asked[i]!.text, 40)}: ${fault}. Expected ` +
        `${labels.length} ${answers}, of ${excerptList(labels)}: ${answers === 'logits' ? 'finite numbers' : 'numbers from 0 that sum to 1'}.`,
    );
  });
  return rows;
}

function faultOf(
  row: unknown,
  { classes, answers }: { readonly classes: number } & Required<Pick<Victim, 'answers'>>,
): string | undefined {
  if (!isArrayLike(row)) return 'that is no row of numbers';
  if (row.length !== classes) return `${row.length} values for ${classes} classes`;
  let sum = 0;
  let negative = false;
  for (let i = 0; i < classes; i++) {
    const value = row[i];
    if (typeof value !== 'number') return 'not all of these are numbers';
    if (!Number.isFinite(value))
      return 'not all of these are finite; weights may be damaged or have diverged';
    negative ||= value < 0;
    sum += value;
  }
  if (answers === 'logits') return undefined;
  const logits = "these may be logits: let the victim say so, with answers: 'logits'";
  if (negative) return `some are negative; ${logits}`;
  return Math.abs(sum - 1) > tolerance ? `they sum to ${Number(sum.toPrecision(4))}; ${logits}` : undefined;
}

/** @throws WrongAnswer when a masked language model did not answer every word of every text with candidates for its pieces */
export function checkedCandidates(
  answers: unknown,
  asked: readonly MaskedLmText[],
): readonly (readonly WordCandidates[])[] {
  const wrong = (got: string, expected: string) =>
    new WrongAnswer(`The masked language model answered ${got}; expected ${expected}.`);
  if (!Array.isArray(answers) || answers.length !== asked.length) {
    const got = Array.isArray(answers) ? `${answers.length} texts` : shown(answers);
    throw wrong(`${got} to ${asked.length} texts`, 'one answer for each, in their order');
  }
  asked.forEach(({ words }, i) => {
    const answer: unknown = answers[i];
    if (!Array.isArray(answer) || answer.length !== words.length) {
      const got = Array.isArray(answer) ? `${answer.length} words` : shown(answer);
      throw wrong(`${got} to a text of ${words.length} words`, 'one answer for each word, in their order');
    }
    const bad = answer.findIndex((word) => !areCandidates(word));
    if (bad >= 0) {
      throw wrong(
        `${shown(answer[bad])} to the word ${quotedExcerpt(words[bad]!, 40)}`,
        'its pieces and, for each piece, candidates with as many ids (whole numbers) as logProbs (numbers, none of them NaN)',
      );
    }
  });
  return answers;
}

/** @throws WrongAnswer when a masked language model did not answer every masked text with candidates for its mask */
export function checkedMasks(answers: unknown, asked: readonly MaskedLmText[]): readonly PieceCandidates[] {
  const fits = Array.isArray(answers) && answers.length === asked.length && answers.every(areTokens);
  if (fits) return answers;
  throw new WrongAnswer(
    `The masked language model answered ${shown(answers)} to ${asked.length} masked texts; expected for each, in their order, ` +
      'candidates with as many ids (whole numbers) as logProbs (numbers, none of them NaN).',
  );
}

/** Whether these are the candidates of one piece. */
function areTokens(of: unknown): boolean {
  const { ids, logProbs } = (of ?? {}) as { readonly ids?: unknown; readonly logProbs?: unknown };
  if (!isArrayLike(ids) || !isArrayLike(logProbs) || ids.length !== logProbs.length) return false;
  for (let i = 0; i < ids.length; i++) {
    if (!Number.isInteger(ids[i]) || typeof logProbs[i] !== 'number' || Number.isNaN(logProbs[i]))
      return false;
  }
  return true;
}

const areCandidates = (word: unknown): boolean => {
  const { pieces, candidates } = (word ?? {}) as Partial<Record<keyof WordCandidates, unknown>>;
  return (
    Array.isArray(pieces) &&
    Array.isArray(candidates) &&
    pieces.length === candidates.length &&
    pieces.every(Number.isInteger) &&
    candidates.every(areTokens)
  );
};

/** @throws WrongAnswer when a victim did not answer every input with a row of finite numbers, one a word */
export function checkedGradients(answers: unknown, inputs: number): readonly ArrayLike<number>[] {
  const isRow = (row: unknown) =>
    isArrayLike(row) && Array.from(row).every((value) => typeof value === 'number' && Number.isFinite(value));
  if (Array.isArray(answers) && answers.length === inputs && answers.every(isRow)) return answers;
  throw new WrongAnswer(
    `The victim answered the gradients ${shown(answers)} to ${inputs} texts; expected for each a row of finite numbers, one a word.`,
  );
}

/** @throws WrongAnswer when there is not one number for each sequence */
export function checkedLosses(losses: unknown, sequences: number): readonly number[] {
  const fits =
    Array.isArray(losses) &&
    losses.length === sequences &&
    losses.every((loss) => typeof loss === 'number' && !Number.isNaN(loss));
  if (fits) return losses;
  throw new WrongAnswer(
    `The masked language model answered the losses ${shown(losses)} to ${sequences} sequences; expected a number for each.`,
  );
}

/** What a search may ask of the tokens: what the model calls a text is one, or the attack stops. */
export const withCheckedTexts = (maskedLm: MaskedLanguageModel): Vocabulary => ({
  isContinuation: (id) => maskedLm.isContinuation(id),
  isSpecial: (id) => maskedLm.isSpecial(id),
  textOf: (ids) => checkedText(maskedLm.textOf(ids)),
  ...(maskedLm.maskToken !== undefined && { maskToken: checkedText(maskedLm.maskToken) }),
});

function checkedText(text: unknown): string {
  if (typeof text === 'string') return text;
  throw new WrongAnswer(
    `The masked language model gave ${shown(text)} as the text of some tokens; expected a string.`,
  );
}

const isArrayLike = (value: unknown): value is ArrayLike<unknown> =>
  typeof value === 'object' && value !== null && Number.isInteger((value as { length?: unknown }).length);

/** A value for a message, a screen's width of it at most. */
function shown(value: unknown): string {
  if (typeof value === 'string') return quotedExcerpt(value);
  if (!isArrayLike(value))
    return excerpt(typeof value === 'object' && value !== null ? 'an object' : String(value));
  const items = Array.from({ length: Math.min(value.length, 20) }, (_, i) =>
    isArrayLike(value[i])
      ? '[…]'
      : typeof value[i] === 'object' && value[i] !== null
        ? '{…}'
        : String(value[i]),
  );
  return excerpt(`[${items.join(', ')}${value.length > 20 ? ', …' : ''}]`);
}
