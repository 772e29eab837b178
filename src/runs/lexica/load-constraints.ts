import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { WordConstraint } from '../../attacks/constraints/constraint.ts';
import { functionWords } from '../../attacks/constraints/stop-words.ts';
import { antonymPairs } from '../../attacks/constraints/word-pairs.ts';
import { parseSimilarity, type SimilaritySource } from '../../attacks/lexicon/similarity-sources.ts';
import { createWordnet, type Wordnet } from '../../attacks/lexicon/wordnet.ts';
import { decodeWordnet } from '../../attacks/lexicon/wordnet-table.ts';
import { type MeaningReaders, type MeaningSources, meaningOf } from '../../attacks/recipes/meaning.ts';
import { messageOf, VdaError } from '../../base/error.ts';
import { once } from '../../base/once.ts';
import { contentHash } from '../../files/content-hash.ts';
import { readSource } from './read-source.ts';

/**
 * The rules that keep meaning, in the order in which they are asked: cheap ones first.
 * @throws VdaError `not-found` or `bad-input` of a file
 */
export const loadMeaning = (sources: MeaningSources): readonly WordConstraint[] =>
  meaningOf(sources, fromFiles);

/**
 * A file of word vectors or neighbours, with the SHA-256 of its bytes.
 * @throws VdaError `not-found` when it cannot be read, `bad-input` when it is neither
 */
export function readSimilarity(path: string): SimilaritySource & { readonly content: string } {
  const expected = 'wordnet, none, or the path of a file of word vectors or neighbours';
  const bytes = readSource(path, { what: 'Similarity', expected });
  return { ...parseSimilarity(bytes, path), content: contentHash(bytes) };
}

function readAntonyms(path: string): WordConstraint {
  const expected = 'wordnet, none, or the path of a file of word pairs';
  const text = readSource(path, { what: 'Antonyms', expected }).toString('utf8');
  return antonymPairs(text, { name: path, content: contentHash(text) });
}

/** Sources as files, and the WordNet that ships with vda. */
export const fromFiles: MeaningReaders = {
  wordnet: () => embeddedWordnet(),
  similarity: readSimilarity,
  antonyms: readAntonyms,
};

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
