import { datasetSummaries } from '../data/datasets.ts';
import { candidateSources } from '../strategies/vda/candidate-sources.ts';
import { attackPresets, constraintSummaries, profileSummaries, recipeSummaries } from './attack.ts';
import { augmentations } from './augment.ts';
import { dtypeSummaries } from './export.ts';
import { architectures, devices } from './model.ts';
import { smoothingKinds } from './smoothing.ts';
import { presetSummaries } from './strategies.ts';
import { trainPresets } from './train-presets.ts';
import { bestModelMetrics, lrSchedulers } from './training.ts';
import { candidateFilters, consistencies, mixtures, strategyChoices } from './vda.ts';
import { victimKinds } from './victim.ts';

/** A kind of thing that has names: the very tables that the options choose from. */
export interface CatalogSection {
  readonly title: string;
  /** What sets it. */
  readonly option: string;
  /** Name → one line. */
  readonly entries: Readonly<Record<string, string>>;
}

/** Everything `vda list` knows, by the name of its kind. */
export const catalog = {
  strategies: { title: 'Training strategies', option: '--strategy', entries: strategyChoices },
  mixtures: { title: 'Mixtures of virtual data augmentation', option: '--mixture', entries: mixtures },
  filters: { title: 'Filters of candidates', option: '--candidate-filter', entries: candidateFilters },
  sources: { title: 'Sources of substitutes', option: '--candidate-sources', entries: candidateSources },
  consistencies: { title: 'Consistency losses', option: '--consistency', entries: consistencies },
  datasets: {
    title: 'Data sets of the VDA paper (train / dev / test)',
    option: '--dataset',
    entries: datasetSummaries,
  },
  attacks: { title: 'Attacks', option: '--recipe', entries: recipeSummaries },
  victims: { title: 'Victims of other kinds', option: '--victim', entries: victimKinds },
  profiles: {
    title: 'Profiles: how far attacked texts may go',
    option: '--profile',
    entries: profileSummaries,
  },
  constraints: {
    title: 'Constraints beside those of an attack',
    option: '--constraints',
    entries: constraintSummaries,
  },
  smoothing: { title: 'Noise of randomised smoothing', option: '--smoothing', entries: smoothingKinds },
  augmentations: { title: 'Variants of texts', option: '--method', entries: augmentations },
  schedulers: { title: 'Learning-rate schedules', option: '--lr-scheduler-type', entries: lrSchedulers },
  metrics: {
    title: 'Measures of the best checkpoint',
    option: '--metric-for-best-model',
    entries: bestModelMetrics,
  },
  architectures: { title: 'Model families', option: '--model', entries: architectures },
  dtypes: { title: 'Element types of exported models', option: '--dtype', entries: dtypeSummaries },
  devices: { title: 'Devices', option: '--device', entries: devices },
  presets: { title: 'Presets of training', option: '--preset', entries: trainPresets },
  freelbPresets: {
    title: 'Published settings of FreeLB',
    option: '--freelb-preset',
    entries: presetSummaries('freelb'),
  },
  attackPresets: { title: 'Presets of attacks', option: '--preset', entries: attackPresets },
} as const satisfies Record<string, CatalogSection>;
