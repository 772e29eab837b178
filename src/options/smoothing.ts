import { z } from 'zod';
import { argument } from '../base/error.ts';
import { path } from './data.ts';
import { choice, number, option } from './spec.ts';

/** Kinds of random noise under which a classifier may answer. */
export const smoothingKinds = {
  none: 'the text as it is',
  mask: 'words hidden behind the mask token (RanMASK, Zeng et al. 2021)',
  synonyms: 'words drawn anew among their synonyms (SAFER, Ye et al. 2020)',
} as const;

const group = 'Smoothing';

/** Randomised smoothing at inference, whatever answers. */
export const smoothingOptions = {
  smoothing: option(choice(smoothingKinds).default('none'), {
    description:
      'Answer with the mean over copies of the text in which words are changed at random: hidden (mask), or drawn among synonyms.',
    group,
    knownAs: ['randomized-smoothing', 'ranmask', 'safer'],
  }),
  smoothingRate: option(number({ kind: 'number', min: 0, max: 1 }).optional(), {
    description: 'Proportion of the words that are changed. Default: 0.3 of mask, 1 of synonyms.',
    group,
    value: 'RATE',
    knownAs: ['mask-rate'],
  }),
  smoothingLexicon: option(path().default('wordnet'), {
    description:
      'Where synonyms come from: wordnet, or a file of neighbours (JSON) or of word vectors (those of cosine 0.7 on), as --similarity of vda attack takes it.',
    group,
    value: 'FILE|wordnet',
  }),
  smoothingSeed: option(z.int().min(0).default(0), {
    description: 'Seed of the noise. A text always has the same noise under the same seed.',
    group,
  }),
};

type SmoothingOptions = z.output<z.ZodObject<typeof smoothingOptions>>;

/** Complaints about options of smoothing that nothing reads, and a rate that leaves nothing. */
export function smoothingProblems(
  { smoothing, smoothingRate }: SmoothingOptions,
  p: { readonly given: ReadonlySet<string>; readonly also?: readonly string[] },
): readonly string[] {
  const { given, also = [] } = p;
  const own = ['smoothingRate', 'smoothingLexicon', 'smoothingSeed', ...also];
  const unread = smoothing === 'none' ? own : smoothing === 'mask' ? ['smoothingLexicon'] : [];
  const where =
    smoothing === 'none' ? `without ${argument('smoothing')}` : `with ${argument('smoothing')} ${smoothing}`;
  return [
    ...unread.filter((key) => given.has(key)).map((key) => `${argument(key)} has no effect ${where}.`),
    ...(smoothing === 'mask' && smoothingRate === 1
      ? [
          `${argument('smoothingRate')}: 1 would hide every word; expected less with ${argument('smoothing')} mask.`,
        ]
      : []),
  ];
}
