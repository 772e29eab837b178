import type { Dataset } from '../../src/data/dataset.ts';
import type { VdaOptions } from '../../src/strategies/vda/options.ts';
import { type FineTuning, fineTune } from '../../src/training/fine-tune.ts';
import type { TrainOptions } from '../../src/training/train-options.ts';
import type { TrainSources } from '../../src/training/train-sources.ts';
import { plainOptions, quietHooks } from './toy-run.ts';

const texts = [
  ...['a good film', 'the plot is dull', 'a great and lovely cast', 'it was bad', 'this joke is very fine'],
  ...[
    'not a nice scene',
    'so sad and awful',
    'the score is great but the plot was bad',
    'lovely',
    'poor cast',
  ],
];

/** Ten labelled texts of one to nine words of the tiny vocabulary. */
export const tinyDataset: Dataset = {
  examples: texts.map((text, id) => ({ id, text, label: id % 2 })),
  labels: ['negative', 'positive'],
  path: 'tiny',
  sha256: 'tiny',
  columns: { text: 'text', label: 'label' },
  warnings: [],
};

export const noisyVda: VdaOptions = {
  ...{ mixture: 'logit', noiseStd: 1, temperature: 1, topK: 8, numVirtual: 2, lambda: 1, consistency: 'skl' },
  ...{ excludeOriginal: false, interpolation: 0, mixSpecialTokens: false, embeddingTable: 'target' },
  ...{ cleanGradient: true, officialCode: false },
};

/** Fine-tunes the tiny BERT on the ten texts: 4 steps of 4, 4 and 2 texts, dropout as its configuration has it (0.1). */
export async function tinyFineTune(
  p: {
    readonly outputDir: string;
    readonly options?: Partial<TrainOptions & TrainSources>;
    readonly stopAfter?: number;
  } & Partial<Omit<FineTuning, 'options'>>,
) {
  const { modelFolder, outputDir, options, stopAfter, ...rest } = p;
  const { hooks, said } = quietHooks(stopAfter === undefined ? {} : { stopAfter });
  const result = await fineTune({
    options: {
      ...plainOptions,
      ...{ perDeviceTrainBatchSize: 4, numTrainEpochs: 2, learningRate: 1e-3 },
      ...options,
      outputDir,
    },
    ...(modelFolder !== undefined && { modelFolder, maskedLm: modelFolder }),
    train: tinyDataset,
    runtime: { numThreads: 1 },
    hooks,
    say: (line) => said.push(line),
    ...rest,
  });
  return { result, said };
}
