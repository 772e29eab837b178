import type { OptionsOf } from './spec.ts';
import type { trainSpec } from './train.ts';
import { methodOf } from './vda.ts';

/**
 * What `--fidelity official` sets in training, each as the published VDA code does it, a line each; printed when the preset
 * is used. What was set otherwise beside it, and what the run has no use for, is left out.
 */
export function officialChoices(options: OptionsOf<typeof trainSpec>): readonly string[] {
  const { vda } = methodOf(options);
  const { mixture, lrSchedulerType: schedule } = options;
  const isEvaluated = (options.validationFile ?? options.dataset) !== undefined;
  const keepsBest = options.loadBestModelAtEnd && options.metricForBestModel === 'accuracy';
  const lines: readonly (readonly [holds: boolean, line: string])[] = [
    [options.padToMaxLength, 'every text is padded to the maximum length'],
    [!options.shuffle, 'the training texts are visited in file order, unshuffled'],
    [
      vda && mixture === 'official',
      'mixture softmax(z / sum z + noise) over the whole vocabulary, from raw logits, at each step (no cache)',
    ],
    [
      vda && (mixture === 'official' || mixture === 'paper') && options.noiseStd === 0.05,
      'noise of standard deviation 0.05 (its option is called variance)',
    ],
    [vda && options.mixSpecialTokens, 'all positions are mixed: [CLS], [SEP] and padding too'],
    [vda && options.embeddingTable === 'target', "the classifier's own trainable embedding table is mixed"],
    [
      vda && options.consistency === 'skl',
      'the regulariser halves each direction of the KL and averages over labels: in effect lambda x 0.5 / labels',
    ],
    [vda, 'no classifier dropout on virtual texts'],
    [true, 'AdamW decays every parameter, biases and LayerNorm too'],
    [options.maxGradNorm === 0, 'no gradient clipping'],
    [schedule === 'cosine_with_restarts', 'cosine schedule with hard restarts (one cycle)'],
    [schedule !== 'constant' && options.warmupRatio === 0.05, '5 % warm-up'],
    [options.learningRate === 1e-5, 'learning rate 1e-5'],
    [options.maxSteps === undefined && options.numTrainEpochs === 10, '10 epochs'],
    [
      isEvaluated && keepsBest && options.evalStrategy === 'epoch',
      'the best epoch by accuracy on the validation texts is kept',
    ],
  ];
  return lines.filter(([holds]) => holds).map(([, line]) => line);
}
