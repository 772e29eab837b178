import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lastCheckpoint } from '../../src/runs/checkpoint.ts';
import { fineTune } from '../../src/training/fine-tune.ts';
import type { EvaluationEvent, SaveEvent, StepEvent } from '../../src/training/train-hooks.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { metricsOf } from './runs.ts';
import { tinyDataset } from './tiny-fine-tune.ts';
import { writeTinyModel } from './tiny-model.ts';
import { plainOptions } from './toy-run.ts';

const given = () => ({
  ...{ modelFolder: writeTinyModel(temporaryFolder()), train: tinyDataset, validation: tinyDataset },
  options: {
    ...{ ...plainOptions, perDeviceTrainBatchSize: 4, numTrainEpochs: 2, learningRate: 1e-3 },
    ...({ evalStrategy: 'epoch', saveStrategy: 'epoch' } as const),
    outputDir: temporaryFolder(),
  },
});

describe('the callbacks of fineTune', () => {
  it('hear of each step, evaluation and checkpoint, in order, as the log has them', async () => {
    const training = given();
    const { outputDir } = training.options;
    const heard: string[] = [];
    const steps: StepEvent[] = [];
    const evaluations: EvaluationEvent[] = [];
    const result = await fineTune({
      ...training,
      hooks: {
        onStep: (event) => {
          heard.push(`step ${event.step}`);
          steps.push(event);
        },
        onEvaluation: async (event) => {
          await new Promise(setImmediate); // waited for
          heard.push(`evaluation ${event.step}`);
          evaluations.push(event);
        },
        onSave: ({ step, folder }: SaveEvent) => {
          heard.push(`save ${step}`);
          expect(existsSync(join(folder, 'model.safetensors'))).toBe(true);
        },
      },
    });
    expect(heard).toEqual([
      ...['step 1', 'step 2', 'step 3', 'evaluation 3', 'save 3'],
      ...['step 4', 'step 5', 'step 6', 'evaluation 6', 'save 6'],
    ]);
    const logged = metricsOf(outputDir).filter((line) => 'loss' in line);
    expect(steps.map(({ totalSteps, examples, examplesPerSecond, ...rest }) => rest)).toEqual(logged);
    expect(steps[5]).toMatchObject({ totalSteps: 6, epoch: 2 });
    expect(steps.slice(3).reduce((sum, { examples }) => sum + examples, 0)).toBe(10);
    expect(evaluations[0]).toMatchObject({ step: 3, epoch: 1, isBest: true });
    const { accuracy, f1, loss } = result.evaluation!;
    expect(evaluations[1]).toMatchObject({ accuracy, f1, loss });
  });

  it('stop the training by its signal, which can then go on', async () => {
    const training = given();
    const controller = new AbortController();
    const saved: number[] = [];
    const onStep = ({ step }: StepEvent) => {
      if (step === 2) controller.abort();
    };
    const onSave = ({ step }: SaveEvent) => void saved.push(step);
    const { signal } = controller;
    const stopped = await fineTune({ ...training, hooks: { onStep, onSave, signal } });
    expect(stopped).toMatchObject({ steps: 2, interrupted: true });
    expect(saved).toEqual([2]);
    const resumeFrom = lastCheckpoint(training.options.outputDir);
    expect(await fineTune({ ...training, resumeFrom })).toMatchObject({ steps: 6, interrupted: false });
  });

  it('end it by throwing, the checkpoints so far kept', async () => {
    const training = given();
    const onStep = ({ step }: StepEvent) => {
      if (step === 4) throw new RangeError('enough');
    };
    await expect(fineTune({ ...training, hooks: { onStep } })).rejects.toThrow(new RangeError('enough'));
    expect(lastCheckpoint(training.options.outputDir)).toMatch(/checkpoint-3$/);
  });
});
