import { z } from 'zod';
import { vdaSettings } from '../strategies/vda/options.ts';
import { path } from './data.ts';
import { choice, option } from './spec.ts';
import { strategySummaries } from './strategies.ts';
import { optionsFrom } from './table-options.ts';

/**
 * Ways to train; `--vda` adds virtual data augmentation to any of them.
 * `vda` is short for `standard` with `--vda`.
 */
export const strategyChoices = {
  ...strategySummaries,
  vda: 'short for standard with --vda (Zhou et al. 2021)',
} as const;

/** How candidates of the masked language model become a weighting of embeddings (Zhou et al. 2021, Eq. 4). */
export const mixtures = vdaSettings.mixture.choices;

/** Distances between the predictions on the original and on the virtual text. */
export const consistencies = vdaSettings.consistency.choices;

/** Which of the masked language model's guesses may be mixed. */
export const candidateFilters = vdaSettings.candidateFilter.choices;

const group = 'Virtual data augmentation';

export const strategyOption = option(choice(strategyChoices).default('standard'), {
  description: 'How to train; vda list strategies says what each one is.',
  group: 'Strategy',
  knownAs: ['method'],
});

/** Options that mean something only with virtual data augmentation: its settings, and where it finds what it needs. */
export const vdaOptions = {
  ...optionsFrom(vdaSettings, { group }),
  candidateSources: option(z.array(z.string().min(1)).min(1).optional(), {
    description:
      'Where substitutes of words come from, several together: wordnet, neighbours:FILE (word vectors or a table of neighbours), pairs:FILE (pairs of words alike), mlm. Default wordnet. An attack whose words come from elsewhere tells what is learnt beside these words.',
    expected: 'a list of texts that are not empty',
    group,
    value: 'SOURCE',
    knownAs: ['lexicon', 'synonyms', 'substitutes'],
  }),
  mlm: option(path().optional(), {
    description:
      'Masked language model that proposes candidates; same vocabulary as --model. By default --model itself, as in the paper.',
    group,
    value: 'MODEL',
    knownAs: ['mlm-model', 'mlm-path'],
  }),
  candidatesDir: option(path().optional(), {
    description:
      "Folder where the masked language model's candidates are kept for other runs on the same texts, and found. By default they lie in --output-dir.",
    group,
    value: 'DIR',
    knownAs: ['cache-dir', 'candidates-cache'],
  }),
};

export const vda = option(z.boolean().default(false), {
  description: 'Add virtual data augmentation to the strategy.',
  group: 'Strategy',
});

/** What `--strategy` and `--vda` together ask for. */
export function strategyOf(options: {
  readonly strategy: keyof typeof strategyChoices;
  readonly vda: boolean;
}): {
  readonly base: Exclude<keyof typeof strategyChoices, 'vda'>;
  readonly vda: boolean;
} {
  return options.strategy === 'vda'
    ? { base: 'standard', vda: true }
    : { base: options.strategy, vda: options.vda };
}
