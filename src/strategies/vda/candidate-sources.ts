import { argument, VdaError } from '../../base/error.ts';
import { shown } from '../../base/setting-rules.ts';
import { defaultCandidateSources, type VdaOptions } from './options.ts';

/** Where substitutes of words come from: what is asked, and the file it is read from. */
export type CandidateSource = { readonly kind: 'mlm' } | LexiconSource;

/** A source that knows words by themselves, whatever stands around them. */
export type LexiconSource =
  | { readonly kind: 'wordnet' }
  | { readonly kind: 'neighbours' | 'pairs'; readonly path: string };

/** Sources by how they are written, and what each is. */
export const candidateSources = {
  wordnet: "words that the default attack's filters let stand in: related in WordNet (English)",
  'neighbours:FILE': 'word vectors, or a table of neighbours (JSON, word to list of words)',
  'pairs:FILE': 'pairs of words alike, two a line, either way round, such as PPDB',
  mlm: "the masked language model's likeliest guesses where the word stands",
} as const satisfies Record<string, string>;

/**
 * Reads a source of substitutes: `wordnet`, `mlm`, `neighbours:FILE` or `pairs:FILE`.
 * @throws VdaError `usage` for anything else
 */
export function parseCandidateSource(said: string): CandidateSource {
  if (said === 'wordnet' || said === 'mlm') return { kind: said };
  const [, kind, path] = /^(neighbours|pairs):(.+)$/s.exec(said) ?? [];
  if (kind !== undefined) return { kind: kind as 'neighbours' | 'pairs', path: path! };
  throw new VdaError(
    'usage',
    `${argument('candidateSources')}: expected ${Object.keys(candidateSources).join(', ')}; got ${shown(said)}.`,
  );
}

/**
 * Reads several, each once.
 * @throws VdaError `usage` for what is none, or is named twice
 */
export function parseCandidateSources(said: readonly string[]): readonly CandidateSource[] {
  const twice = said.find((one, i) => said.indexOf(one) !== i);
  if (twice !== undefined) {
    throw new VdaError('usage', `${argument('candidateSources')}: ${shown(twice)} is named twice.`);
  }
  return said.map(parseCandidateSource);
}

/**
 * The lexica among the sources of a training; WordNet where none is named.
 * @throws VdaError `usage` as {@link parseCandidateSources}
 */
export const lexiconSourcesOf = ({
  candidateSources: said = defaultCandidateSources,
}: Pick<VdaOptions, 'candidateSources'>): readonly LexiconSource[] =>
  parseCandidateSources(said).filter((source) => source.kind !== 'mlm');
