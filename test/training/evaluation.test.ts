import { describe, expect, it } from 'vitest';
import { predictedClass } from '../../src/evaluation/classification-metrics.ts';
import { lastCheckpoint } from '../../src/runs/checkpoint.ts';
import type { EvaluatedTexts, OwnMetric } from '../../src/training/evaluation.ts';
import type { FineTuning } from '../../src/training/fine-tune.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { tinyDataset, tinyFineTune } from './tiny-fine-tune.ts';
import { writeTinyModel } from './tiny-model.ts';

describe("a metric of the caller's", () => {
  it('ranks checkpoints by a function of logits and labels, whose version a resume must share', async () => {
    const modelFolder = writeTinyModel(temporaryFolder());
    const outputDir = temporaryFolder();
    const asked: EvaluatedTexts[] = [];
    const metric: OwnMetric = {
      name: 'errors',
      greaterIsBetter: false,
      of: (evaluated) => {
        asked.push(evaluated);
        return evaluated.labels.filter((label, i) => predictedClass(evaluated.logits[i]!) !== label).length;
      },
    };
    const common = {
      ...{ modelFolder, outputDir, validation: tinyDataset, metric },
      options: { evalStrategy: 'epoch', saveStrategy: 'epoch', loadBestModelAtEnd: true },
    } as const;
    const { result } = await tinyFineTune(common);
    expect(asked).toHaveLength(2);
    expect(asked[0]).toMatchObject({ labelNames: tinyDataset.labels, examples: tinyDataset.examples });
    expect(asked[0]!.logits.map((row) => row.length)).toEqual(tinyDataset.examples.map(() => 2));
    const { accuracy, own } = result.evaluation!;
    expect(own).toEqual({ name: 'errors', value: 10 - Math.round(10 * accuracy) });

    const again = { ...common, resumeFrom: lastCheckpoint(outputDir), metric: { ...metric, version: 2 } };
    await expect(tinyFineTune(again)).rejects.toThrow('metric.version: 1 there, 2 now');
  });

  it.each<[string, Partial<FineTuning>, RegExp]>([
    ['a name of ours', { metric: { name: 'Loss', of: () => 0 } }, /metric.name: expected letters.*got Loss/],
    ['no name', { metric: { name: 'a b', of: () => 0 } }, /metric.name: expected letters.*got a b/],
    ['no function', { metric: { name: 'mcc' } as never }, /metric: expected an object with a name and/],
    ['no number', { metric: { name: 'mcc', of: () => '1' as never } }, /metric mcc gave '1', expected a num/],
    ['nothing to measure', { metric: { name: 'mcc', of: () => 0 }, validation: undefined }, /metric: there/],
  ])('refuses a metric of %s', async (_, given, message) => {
    const common = { modelFolder: writeTinyModel(temporaryFolder()), outputDir: temporaryFolder() };
    const options = { evalStrategy: 'epoch' } as const;
    const training = tinyFineTune({ ...common, options, validation: tinyDataset, ...given });
    await expect(training).rejects.toMatchObject({ code: 'usage', message: expect.stringMatching(message) });
  });

  it('refuses two metrics that would decide', async () => {
    const common = { modelFolder: writeTinyModel(temporaryFolder()), outputDir: temporaryFolder() };
    const options = { evalStrategy: 'epoch', metricForBestModel: 'f1' } as const;
    const metric: OwnMetric = { name: 'mcc', of: () => 0 };
    const training = tinyFineTune({ ...common, options, validation: tinyDataset, metric });
    await expect(training).rejects.toThrow(/the metric mcc is given, and metricForBestModel names f1/);
  });
});
