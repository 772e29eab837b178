import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { WordConstraint } from '../../attacks/constraints/constraint.ts';
import { functionWords, stopWords } from '../../attacks/constraints/stop-words.ts';
import { antonymPairs } from '../../attacks/constraints/word-pairs.ts';
import { wordnetAntonyms } from '../../attacks/constraints/wordnet-antonyms.ts';
import { wordnetRelated } from '../../attacks/constraints/wordnet-related.ts';
import {
  parseSimilarity,
  type SimilaritySource,
  similarityConstraint,
} from '../../attacks/lexicon/similarity-sources.ts';
import { createWordnet, type Wordnet } from '../../attacks/lexicon/wordnet.ts';
import { decodeWordnet } from '../../attacks/lexicon/wordnet-table.ts';
import { messageOf, VdaError } from '../../base/error.ts';
import { once } from '../../base/once.ts';
import { contentHash } from '../../files/content-hash.ts';
import { readSource } from './read-source.ts';

/** Where the rules that keep meaning take their knowledge from: `wordnet`, `none`, or files. */
export interface MeaningSources {
  /** `wordnet`, `none`, or paths of word vectors or neighbour tables; a word must pass each of several. */
  readonly similarity: readonly string[];
  /** Least cosine for files of word vectors. */
  readonly similarityThreshold: number;
  /** `wordnet`, `none`, or the path of a file of word pairs. */
  readonly antonyms: string;
  /** Lower-case words that are neither replaced nor put in. */
  readonly stopWords: ReadonlySet<string>;
  /** As the published code of BERT-Attack: words without a vector pass, and don’t is not don't. Default false. */
  readonly official?: boolean;
}

/**
 * The rules that keep meaning, in the order in which they are asked: cheap ones first.
 * @throws VdaError `not-found` or `bad-input` of a file
 */
export function loadMeaning(sources: MeaningSources): readonly WordConstraint[] {
  const { similarityThreshold: threshold, antonyms, official = false } = sources;
  const unknown = official ? 'allow' : 'refuse';
  const stops = sources.stopWords.size > 0 ? [stopWords(sources.stopWords, { asWritten: official })] : [];
  const similar = sources.similarity
    .filter((source) => source !== 'none')
    .map((source) => {
      if (source === 'wordnet') return wordnetRelated(embeddedWordnet());
      const { content, ...file } = readSimilarity(source);
      return similarityConstraint(file, { threshold, unknown, content });
    });
  return [...stops, ...similar, ...antonymRules(antonyms)];
}

function antonymRules(source: string): readonly WordConstraint[] {
  if (source === 'none') return [];
  if (source === 'wordnet') return [wordnetAntonyms(embeddedWordnet())];
  const expected = 'wordnet, none, or the path of a file of word pairs';
  const text = readSource(source, { what: 'Antonyms', expected }).toString('utf8');
  return [antonymPairs(text, { name: source, content: contentHash(text) })];
}

/**
 * A file of word vectors or neighbours, with the SHA-256 of its bytes.
 * @throws VdaError `not-found` when it cannot be read, `bad-input` when it is neither
 */
export function readSimilarity(path: string): SimilaritySource & { readonly content: string } {
  const expected = 'wordnet, none, or the path of a file of word vectors or neighbours';
  const bytes = readSource(path, { what: 'Similarity', expected });
  return { ...parseSimilarity(bytes, path), content: contentHash(bytes) };
}

/** The rules of the default attack that keep meaning: the same ones for everything that needs them. */
export const defaultMeaning = once(() =>
  loadMeaning({
    ...{ similarity: ['wordnet'], similarityThreshold: 0.7, antonyms: 'wordnet', stopWords: functionWords },
  }),
);

/** The WordNet that ships with vda: `assets/lexicon/wordnet.bin.gz`. Read when it is first asked. */
export const embeddedWordnet: () => Wordnet = once(() => {
  const packed = once(() => readPacked(new URL('../../../assets/lexicon/wordnet.bin.gz', import.meta.url)));
  return createWordnet(
    () => decodeWordnet(gunzipSync(packed())),
    () => contentHash(packed()),
  );
});

function readPacked(path: URL): Uint8Array {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new VdaError(
      'not-found',
      `The WordNet table cannot be read: ${messageOf(error)}. It ships with vda.`,
    );
  }
}
