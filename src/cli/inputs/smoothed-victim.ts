import type { z } from 'zod';
import { lexiconOf, wordnetSynonyms } from '../../attacks/lexicon/lexicons.ts';
import type { Lexicon } from '../../attacks/recipes/definition.ts';
import type { Victim } from '../../attacks/victim.ts';
import { randomMasks } from '../../attacks/victims/noise/random-masks.ts';
import { randomSynonyms } from '../../attacks/victims/noise/random-synonyms.ts';
import { withSmoothing } from '../../attacks/victims/with-smoothing.ts';
import { VdaError } from '../../base/error.ts';
import type { smoothingOptions } from '../../options/smoothing.ts';
import { embeddedWordnet, readSimilarity } from '../../runs/lexica/load-constraints.ts';

type Options = z.output<z.ZodObject<typeof smoothingOptions>> & { readonly votes?: number | undefined };

/** TextDefender's number of copies, for RanMASK and SAFER. */
const defaultCopies = 100;

/**
 * The victim under the random noise that the options ask for, if any.
 * @throws VdaError `usage` for words hidden from a victim without a mask token; what reading a lexicon throws
 */
export function smoothed(victim: Victim, options: Options): Victim {
  const { smoothing, smoothingSeed: seed, votes: copies = defaultCopies } = options;
  if (smoothing === 'none') return victim;
  const noise = smoothing === 'mask' ? masksFor(victim, options) : synonymsOf(options);
  return withSmoothing(victim, { noise, copies, seed });
}

function masksFor({ maskToken }: Victim, { smoothingRate: rate = 0.3 }: Options) {
  if (maskToken !== undefined) return randomMasks({ rate, maskToken });
  throw new VdaError(
    'usage',
    '--smoothing mask: this victim has no mask token to hide words behind. Take synonyms.',
  );
}

const synonymsOf = ({ smoothingRate: rate = 1, smoothingLexicon }: Options) =>
  randomSynonyms({ rate, lexicon: lexiconNamed(smoothingLexicon) });

function lexiconNamed(name: string): Lexicon {
  if (name === 'wordnet') return wordnetSynonyms(embeddedWordnet());
  const { content, ...source } = readSimilarity(name);
  return lexiconOf(source, { content, threshold: 0.7 });
}
