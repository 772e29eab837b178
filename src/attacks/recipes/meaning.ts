import type { WordConstraint } from '../constraints/constraint.ts';
import { stopWords } from '../constraints/stop-words.ts';
import { wordnetAntonyms } from '../constraints/wordnet-antonyms.ts';
import { wordnetRelated } from '../constraints/wordnet-related.ts';
import { type SimilaritySource, similarityConstraint } from '../lexicon/similarity-sources.ts';
import type { Wordnet } from '../lexicon/wordnet.ts';

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

/** Reads these sources where they are. */
export interface MeaningReaders {
  readonly wordnet: () => Wordnet;
  /** A file of word vectors or neighbours, with the SHA-256 of its bytes. */
  readonly similarity: (path: string) => SimilaritySource & { readonly content: string };
  /** The rule of a file of word pairs. */
  readonly antonyms: (path: string) => WordConstraint;
}

/**
 * The rules that keep meaning, in the order in which they are asked: cheap ones first.
 * @throws what a reader throws
 */
export function meaningOf(sources: MeaningSources, read: MeaningReaders): readonly WordConstraint[] {
  const { similarityThreshold: threshold, antonyms, official = false } = sources;
  const unknown = official ? 'allow' : 'refuse';
  const stops = sources.stopWords.size > 0 ? [stopWords(sources.stopWords, { asWritten: official })] : [];
  const similar = sources.similarity
    .filter((source) => source !== 'none')
    .map((source) => {
      if (source === 'wordnet') return wordnetRelated(read.wordnet());
      const { content, ...file } = read.similarity(source);
      return similarityConstraint(file, { threshold, unknown, content });
    });
  return [...stops, ...similar, ...antonymRules(antonyms, read)];
}

function antonymRules(source: string, read: MeaningReaders): readonly WordConstraint[] {
  if (source === 'none') return [];
  return [source === 'wordnet' ? wordnetAntonyms(read.wordnet()) : read.antonyms(source)];
}
