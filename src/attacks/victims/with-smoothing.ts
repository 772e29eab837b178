import type { Part } from '../../base/part.ts';
import { type RandomKey, type RandomStream, randomKey, randomStream } from '../../base/random.ts';
import { checkSettings, hasMethods, requireArgument } from '../../base/setting-rules.ts';
import { editText } from '../../text/edited-text.ts';
import { keyOf } from '../services/row-memo.ts';
import type { Logits, Probabilities, Victim, VictimInput } from '../victim.ts';
import { addVote, type Combine, combiningRules } from './add-vote.ts';
import { decorated } from './decorate.ts';

/** Random changes of words. */
export interface WordNoise {
  /** What it is, with its settings and the content of what it draws from. */
  readonly part: Part;
  /** A copy of the words, as many of them, some drawn anew. */
  draw(words: readonly string[], stream: RandomStream): readonly string[];
}

/** Which noise, how many copies, and how their answers become one. */
export interface SmoothingOptions {
  readonly noise: WordNoise;
  /** Noisy copies that an answer is taken from. */
  readonly copies: number;
  /** Of their answers: the mean probabilities, or the proportion in which a class comes first. Default `mean`. */
  readonly combine?: Combine;
  /** Default 0. */
  readonly seed?: number;
  /** Fresh answers, each of copies of its own, in most of which a flip must hold to be a success. Default 10; 0 asks for none. */
  readonly freshDraws?: number;
}

/**
 * Randomised smoothing: the victim's answer to n noisy copies of a text, put together.
 *
 *     g(x) = 1/n Σ_i f(noise_i(x)),   f's probabilities (`mean`), or 1 for its class and 0 for the others (`majority`)
 *
 * The noise of a copy is a function of (seed, text, draw, copy) alone: the same text gets the same answer, in any batch and after a
 * restart, and another text noise of its own. A query of an attack is all copies together. Another `VictimInput.draw` is
 * another set of copies: an attack counts a flip only where it holds in most of `freshDraws` such sets, so that luck with
 * the noise does not pass for an attack, nor noise for strength.
 *
 * Words that the victim does not read are cut off before. Of a pair both texts are noisy. Gradients are those of the victim
 * without noise.
 *
 * Source: Cohen et al. 2019 (arXiv:1902.02918); of texts SAFER (Ye et al., ACL 2020) and RanMASK (Zeng et al. 2021,
 * arXiv:2105.03743). Departure: no certificate is worked out, and the victim is taken as it is: both papers also train it on noisy
 * texts.
 * @throws VdaError `usage` for settings out of range, and for what is no noise
 */
export function withSmoothing(victim: Victim, options: SmoothingOptions): Victim {
  const { noise, copies, combine = 'mean', seed = 0, freshDraws = 10 } = options;
  checkSettings('withSmoothing', { copies, combine, freshDraws }, { rules });
  requireArgument(hasMethods(noise, ['draw']), {
    ...{ owner: 'withSmoothing', name: 'noise', got: noise },
    expected: 'random changes of words, as randomMasks gives',
  });
  const { identity, answers } = victim;
  const purpose = `smoothing ${noise.part.id}`;

  const copiesOf = (input: VictimInput): readonly VictimInput[] => {
    const read = cutToSeen(input, victim);
    const key = randomKey(seed, `${purpose}\u0000${keyOf(read)}`);
    const draw = input.draw === undefined ? 0 : input.draw + 1;
    return Array.from({ length: copies }, (_, copy) => noisy(read, { noise, key, copy, draw }));
  };

  return decorated(victim, {
    answers: 'probabilities',
    ...(freshDraws > 0 && { freshDraws }),
    classify: async (inputs) => {
      const asked = inputs.map(copiesOf);
      const rows = await rowsOf(asked.flat(), victim);
      return asked.map((own) => {
        const sum = new Array<number>(victim.labels.length).fill(0);
        for (const copy of own) addVote(sum, { row: rows.get(keyOf(copy))!, answers, combine });
        return sum.map((value) => value / copies);
      });
    },
    ...(identity && {
      identity: () => ({
        ...{ id: 'smoothing', version: 1, settings: { copies, combine, seed, freshDraws } },
        parts: { noise: noise.part, victim: identity.call(victim) },
      }),
    }),
  });
}

const rules = { ...combiningRules, copies: { kind: 'integer', min: 1 } } as const;

/** Copies asked in a call: bounds what is held at once. */
const copiesAtOnce = 1024;

/** Rows by {@link keyOf}: each distinct copy is asked once, shortest first. */
async function rowsOf(
  copies: readonly VictimInput[],
  victim: Victim,
): Promise<ReadonlyMap<string, Logits | Probabilities>> {
  const distinct = new Map(copies.map((copy) => [keyOf(copy), copy]));
  const sorted = [...distinct].sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1));
  const rows = new Map<string, Logits | Probabilities>();
  for (let start = 0; start < sorted.length; start += copiesAtOnce) {
    const part = sorted.slice(start, start + copiesAtOnce);
    const answered = await victim.classify(part.map(([, copy]) => copy));
    for (const [i, [key]] of part.entries()) rows.set(key, answered[i]!);
  }
  return rows;
}

/** The input without the words that the victim does not read, so that these do not decide the noise either. */
function cutToSeen({ text, textPair }: VictimInput, victim: Victim): VictimInput {
  const attacked = textPair ?? text;
  const context = textPair === undefined ? undefined : text;
  const seen = victim.wordsSeen?.(attacked, context) ?? Number.POSITIVE_INFINITY;
  const { original, gaps } = editText(attacked);
  const cut = seen >= original.length ? attacked : joined(original.slice(0, seen), gaps.slice(0, seen));
  return context === undefined ? { text: cut } : { text: context, textPair: cut };
}

function noisy(
  { text, textPair }: VictimInput,
  p: { readonly noise: WordNoise; readonly key: RandomKey; readonly copy: number; readonly draw: number },
): VictimInput {
  const [first, second] = [editText(text), editText(textPair ?? '')];
  const stream = randomStream(p.key, { a: p.copy, b: p.draw });
  const words = p.noise.draw([...first.original, ...second.original], stream);
  const border = first.original.length;
  return {
    text: joined(words.slice(0, border), first.gaps),
    ...(textPair !== undefined && { textPair: joined(words.slice(border), second.gaps) }),
  };
}

/** Words with what stands before each, and after the last. */
const joined = (words: readonly string[], gaps: readonly string[]): string =>
  words.map((word, i) => gaps[i]! + word).join('') + (gaps[words.length] ?? '');
