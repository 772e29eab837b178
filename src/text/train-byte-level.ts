import { VdaError } from '../base/error.ts';
import { type ByteLevelVocabulary, ROBERTA_SPECIAL_TOKENS } from './byte-level-files.ts';
import { byteCharacters, bytesOf, matchUnits } from './byte-level-units.ts';
import { mergeCorpus } from './merge-corpus.ts';

/** Settings of `trainByteLevel`. */
export interface ByteLevelTraining {
  /** Entries of the vocabulary, special tokens included; at least these and the 256 bytes. */
  readonly size: number;
  /** A pair seen less often is not merged. Default 2. */
  readonly minFrequency?: number;
}

/** Counts the units of a stream of lines, as byte-level BPE splits them. */
export const countUnits = async (
  lines: AsyncIterable<string> | Iterable<string>,
): Promise<Map<string, number>> => {
  const units = new Map<string, number>();
  for await (const line of lines) {
    for (const [unit] of matchUnits(line)) units.set(unit, (units.get(unit) ?? 0) + 1);
  }
  return units;
};

/**
 * Learns a byte-level BPE vocabulary from counted units: RoBERTa's special tokens, all 256 bytes, then in each step the
 * most frequent pair of neighbouring symbols as a new one (ties: smaller ids), until the vocabulary is full. No text has
 * an unknown token. Deterministic, and the same as what Hugging Face's `ByteLevelBPETokenizer` learns.
 *
 * Source: Sennrich et al. 2016 (arXiv:1508.07909) §3.2; Radford et al. 2019 (GPT-2) §2.2.
 * @returns the vocabulary, smaller than `size` where no pair reaches `minFrequency`
 * @throws VdaError `bad-input` when there are no units, `usage` when `size` can't hold the bytes
 */
export const learnByteLevel = (
  unitCounts: ReadonlyMap<string, number>,
  { size, minFrequency = 2 }: ByteLevelTraining,
): ByteLevelVocabulary => {
  if (unitCounts.size === 0) {
    throw new VdaError('bad-input', 'Training a vocabulary needs text, but the lines given hold none.');
  }
  const tokens: string[] = [...Object.values(ROBERTA_SPECIAL_TOKENS), ...[...byteCharacters].sort()];
  if (tokens.length > size) {
    throw new VdaError(
      'usage',
      `A byte-level vocabulary of ${size} entries can't hold the ${tokens.length} special tokens and bytes. Ask for a ` +
        'larger vocabulary.',
    );
  }
  const idOf = new Map(tokens.map((token, id) => [token, id] as const));
  const units = [...unitCounts].sort(([a], [b]) => (a < b ? -1 : 1));
  const corpus = mergeCorpus(
    units.map(([unit]) => [...bytesOf(unit)].map((character) => idOf.get(character)!)),
    { counts: units.map(([, count]) => count), symbols: size },
  );
  const merges: (readonly [string, string])[] = [];
  while (tokens.length < size) {
    const pair = corpus.best();
    if (pair === undefined || pair.count < minFrequency) break;
    const parts = [tokens[pair.left]!, tokens[pair.right]!] as const;
    const token = parts.join('');
    const id = idOf.get(token) ?? tokens.push(token) - 1;
    idOf.set(token, id);
    merges.push(parts);
    corpus.merge(pair, id);
  }
  return { vocab: Object.fromEntries(idOf), merges };
};

/**
 * Learns a byte-level BPE vocabulary from a stream of lines: `countUnits`, then `learnByteLevel`.
 * @throws VdaError `bad-input` when there are no units, `usage` when `size` can't hold the bytes
 */
export const trainByteLevel = async (
  lines: AsyncIterable<string> | Iterable<string>,
  options: ByteLevelTraining,
): Promise<ByteLevelVocabulary> => learnByteLevel(await countUnits(lines), options);
