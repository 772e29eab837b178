import type { z } from 'zod';
import { lexiconOf, wordnetSynonyms } from '../../attacks/lexicon/lexicons.ts';
import type { Lexicon } from '../../attacks/recipes/definition.ts';
import { logitsOf } from '../../attacks/services/logits.ts';
import type { Logits, Victim, VictimInput } from '../../attacks/victim.ts';
import { randomMasks } from '../../attacks/victims/noise/random-masks.ts';
import { randomSynonyms } from '../../attacks/victims/noise/random-synonyms.ts';
import { withSmoothing } from '../../attacks/victims/with-smoothing.ts';
import { VdaError } from '../../base/error.ts';
import { type AnsweringClassifier, type AskOptions, victimOf } from '../../inference/classifier.ts';
import type { smoothingOptions } from '../../options/smoothing.ts';
import { embeddedWordnet, readSimilarity } from '../../runs/lexica/load-constraints.ts';
import type { Encoding, Tokenizer } from '../../text/tokenizer.ts';

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

/** Texts as they are and as tokens, and their logits: under noise the logarithms of mean probabilities. */
type Answering = (
  texts: { readonly inputs: readonly VictimInput[]; readonly encodings: readonly Encoding[] },
  asking: AskOptions,
) => Promise<readonly Logits[]>;

/** Texts asked at once under noise, between two looks at signal and progress. */
const textsAtOnce = 16;

/** A classifier's logits as the options ask for them: plain, or under noise. */
export function answering(
  classifier: AnsweringClassifier,
  { options, tokenizer }: { readonly options: Options; readonly tokenizer: Tokenizer },
): Answering {
  if (options.smoothing === 'none') return ({ encodings }, asking) => classifier.logitsOf(encodings, asking);
  const [unkToken, maskToken] = [tokenizer.tokenOf(tokenizer.unkId), tokenizer.tokenOf(tokenizer.maskId)];
  return async ({ inputs }, { signal, onProgress }) => {
    const plain = victimOf(classifier, { unkToken, maskToken, ...(signal && { signal }) });
    const victim = smoothed(plain, options);
    const rows: Logits[] = [];
    for (let start = 0; start < inputs.length; start += textsAtOnce) {
      const part = await victim.classify(inputs.slice(start, start + textsAtOnce));
      rows.push(...part.map((row) => logitsOf(row, victim.answers)));
      onProgress?.(rows.length);
    }
    return rows;
  };
}
