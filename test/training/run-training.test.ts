import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createArenaStore } from '../../src/optim/arena-store.ts';
import { readFloat32, readSafetensors } from '../../src/pretrained/safetensors.ts';
import { lastCheckpoint, restoreCheckpoint, saveCheckpoint } from '../../src/runs/checkpoint.ts';
import { eventFileName } from '../../src/runs/tensorboard.ts';
import { scanRecords } from '../../src/runs/tf-record.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { metricsOf } from './runs.ts';
import { toyConfig, toyRun, toyStore } from './toy-run.ts';

const checkpointsIn = (folder: string) =>
  readdirSync(folder)
    .filter((name) => name.startsWith('checkpoint'))
    .sort();
const weightsIn = (folder: string) => [
  ...readFloat32(readSafetensors(join(folder, 'model.safetensors')), 'w').data,
];

describe('runTraining', () => {
  it('ends with the last weights, and with the best with loadBestModelAtEnd', async () => {
    const accuracies = [0.5, 0.75, 0.625];
    const [last, best] = [temporaryFolder(), temporaryFolder()];
    const plain = await toyRun({ outputDir: last, accuracies });
    expect(plain.result).toMatchObject({ steps: 6, evaluation: { accuracy: 0.625 }, interrupted: false });
    expect(plain.result.bestCheckpoint).toBeUndefined();

    const chosen = await toyRun({ outputDir: best, accuracies, options: { loadBestModelAtEnd: true } });
    expect(chosen.result).toMatchObject({ evaluation: { accuracy: 0.75 }, bestCheckpoint: 'checkpoint-4' });
    expect(weightsIn(best)).toEqual(weightsIn(join(best, 'checkpoint-4')));
    expect(weightsIn(best)).not.toEqual(weightsIn(last));
    expect(checkpointsIn(best)).toEqual(['checkpoint-2', 'checkpoint-4']);
  });

  it('says when predictions are nearly one class, and never takes such weights for the most robust', async () => {
    const problem = { kind: 'one class', remark: 'predictions are nearly all one class' } as const;
    const also = [{ attackAccuracy: 0.5, problem }, { attackAccuracy: 0.3 }, { attackAccuracy: 0.2 }];
    const options = { loadBestModelAtEnd: true, metricForBestModel: 'attack_accuracy' } as const;
    const outputDir = temporaryFolder();
    const { result, said } = await toyRun({ outputDir, accuracies: [0.5, 0.8, 0.8], also, options });
    expect(result.bestCheckpoint).toBe('checkpoint-4');
    expect(said.filter((line) => line.includes('nearly all one class'))).toEqual([
      'Epoch 1.00: predictions are nearly all one class.',
    ]);
    expect(metricsOf(outputDir)[2]).not.toHaveProperty('evalProblem');
    const [first] = also;
    const plain = { outputDir: temporaryFolder(), accuracies: [0.5], also: [first!] };
    const constant = await toyRun({ ...plain, options: { numTrainEpochs: 1 } });
    expect(constant.result.evaluation).toMatchObject({ accuracy: 0.5, problem: { kind: 'one class' } });
  });

  it.each([
    // [metric, what the three evaluations found, the best]
    ['f1', [{ f1: 0.2 }, { f1: 0.4 }, { f1: 0.3 }], 4],
    ['f1_macro', [{ f1Macro: 0.2 }, { f1Macro: 0.1 }, { f1Macro: 0.3 }], 6],
    ['loss', [{ loss: 0.7 }, { loss: 0.5 }, { loss: 0.6 }], 4],
    ['loss', [{ loss: Number.NaN }, { loss: 0.5 }, { loss: 0.6 }], 4],
    ['accuracy', [{ loss: 0.7 }, { loss: 0.5 }, { loss: 0.6 }], 2],
  ] as const)('takes the best by %s: of %j that of step %i', async (metricForBestModel, also, step) => {
    const outputDir = temporaryFolder();
    const options = { loadBestModelAtEnd: true, metricForBestModel };
    const { result } = await toyRun({ outputDir, accuracies: [0.5, 0.5, 0.5], also, options });
    expect(result.bestCheckpoint).toBe(`checkpoint-${step}`);
    expect(result.evaluation).toMatchObject(also[step / 2 - 1]!);
  });

  it.each([
    [{ name: 'mcc' }, 6],
    [{ name: 'hinge_loss' }, 4], // the lowest, by its name
    [{ name: 'mcc', greaterIsBetter: false }, 4],
  ] as const)('takes the best by a metric of the caller, %j: that of step %i', async (about, step) => {
    const outputDir = temporaryFolder();
    const values = [Number.NaN, 0.1, 0.2];
    const { result, said } = await toyRun({
      ...{ outputDir, accuracies: [0.9, 0.5, 0.5], options: { loadBestModelAtEnd: true } },
      metric: { ...about, of: () => 0 },
      also: values.map((value) => ({ own: { name: about.name, value } })),
    });
    expect(result.bestCheckpoint).toBe(`checkpoint-${step}`);
    expect(result.evaluation).toMatchObject({ own: { name: about.name, value: values[step / 2 - 1] } });
    const key = `eval${about.name[0]!.toUpperCase()}${about.name.slice(1)}`;
    expect(metricsOf(outputDir).at(-1)).toMatchObject({ step: 6, [key]: 0.2, evalF1: 0.5 });
    expect(said.at(-1)).toBe(
      `Epoch 3.00: validation accuracy 0.5000, F1 0.5000, loss 0.5000, ${about.name} 0.2000`,
    );
  });

  it('stops when evaluations stop getting better', async () => {
    const outputDir = temporaryFolder();
    const options = { numTrainEpochs: 10, earlyStoppingPatience: 2, loadBestModelAtEnd: true };
    const { result, said } = await toyRun({ outputDir, accuracies: [0.5, 0.6, 0.6, 0.55], options });
    expect(result).toMatchObject({ steps: 8, bestCheckpoint: 'checkpoint-4' });
    expect(said.at(-1)).toMatch(/No better evaluation in the last 2: stopping at step 8/);
  });

  it('finishes, without training on, a run that was killed after it had run out of patience', async () => {
    const outputDir = temporaryFolder();
    const options = {
      ...{ numTrainEpochs: 10, earlyStoppingPatience: 1 },
      ...({ saveStrategy: 'epoch', evalStrategy: 'epoch' } as const),
    };
    const first = await toyRun({ outputDir, accuracies: [0.5, 0.4], options });
    const resumeFrom = lastCheckpoint(outputDir)!;
    const { result, weights } = await toyRun({ outputDir, accuracies: [], options, resumeFrom });
    expect(result.steps).toBe(4);
    expect(weights).toEqual(first.weights);
  });

  it('keeps as many checkpoints as told, the best among them', async () => {
    const outputDir = temporaryFolder();
    const options = { saveStrategy: 'steps', saveTotalLimit: 2, loadBestModelAtEnd: true } as const;
    const { result } = await toyRun({ outputDir, accuracies: [0.9, 0.5, 0.5], options });
    expect(checkpointsIn(outputDir)).toEqual(['checkpoint-2', 'checkpoint-6']);
    expect(result.bestCheckpoint).toBe('checkpoint-2');
  });

  it('writes each step’s losses to metrics.jsonl and TensorBoard’s file', async () => {
    const outputDir = temporaryFolder();
    await toyRun({ outputDir, accuracies: [0.5, 0.5, 0.5], options: { loggingSteps: 3 } });
    const lines = metricsOf(outputDir);
    const steps = lines.filter((line) => 'loss' in line);
    expect(steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(steps[0]).toMatchObject({ epoch: 0.5, loss: 5, ce: 5, reg: 0, lr: 0.1 });
    expect(steps[0]!.gradNorm).toBeCloseTo(2 * Math.sqrt(5), 5); // |∇w²| at w = (1, −2)
    expect(lines.filter((line) => 'evalAccuracy' in line).map(({ step }) => step)).toEqual([2, 4, 6]);
    const events = scanRecords(readFileSync(join(outputDir, 'runs', eventFileName)));
    expect(events.records.length).toBe(2 + 2 + 3); // version and session start; steps 3 and 6; three evaluations
  });

  it.each([1, 3, 4])('ends in the same bytes when stopped after step %i and resumed', async (stopAfter) => {
    const [whole, parts] = [temporaryFolder(), temporaryFolder()];
    const accuracies = [0.5, 0.75, 0.625];
    const options = { saveStrategy: 'steps', saveSteps: 3, loadBestModelAtEnd: true } as const;
    await toyRun({ outputDir: whole, accuracies, options });
    const { result } = await toyRun({ outputDir: parts, accuracies, options, stopAfter });
    expect(result).toMatchObject({ steps: stopAfter, interrupted: true });
    expect(existsSync(join(parts, 'model.safetensors'))).toBe(false);

    const resumeFrom = lastCheckpoint(parts)!;
    expect(resumeFrom).toBe(join(parts, `checkpoint-${stopAfter}`));
    const left = accuracies.slice(Math.floor(stopAfter / 2));
    const resumed = await toyRun({ outputDir: parts, accuracies: left, options, resumeFrom });
    expect(resumed.result.bestCheckpoint).toBe('checkpoint-4');
    expect(readFileSync(join(parts, 'model.safetensors'))).toEqual(
      readFileSync(join(whole, 'model.safetensors')),
    );
    expect(metricsOf(parts)).toEqual(metricsOf(whole));
  });

  const bestFirst = { saveStrategy: 'steps', saveSteps: 2, loadBestModelAtEnd: true } as const;

  it('resumed into another folder, ends there with the best checkpoint of before and the whole log', async () => {
    const [whole, first, second] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
    await toyRun({ outputDir: whole, options: bestFirst, accuracies: [0.9, 0.5, 0.5] });
    await toyRun({ outputDir: first, options: bestFirst, accuracies: [0.9, 0.5], stopAfter: 4 });
    const resumeFrom = lastCheckpoint(first)!;
    const again = { outputDir: second, options: bestFirst, accuracies: [0.5], resumeFrom };
    for (const time of ['first', 'second']) {
      const { result } = await toyRun(again);
      expect(result, time).toMatchObject({ bestCheckpoint: 'checkpoint-2', evaluation: { accuracy: 0.9 } });
      expect(weightsIn(second), time).toEqual(weightsIn(whole));
      expect(metricsOf(second), time).toEqual(metricsOf(whole));
    }
    expect(checkpointsIn(second)).toEqual(['checkpoint-2', 'checkpoint-6']);
    expect(metricsOf(first).at(-1)).toMatchObject({ step: 4 });
  });

  it('is refused before its first step where the best checkpoint is gone', async () => {
    const [first, second] = [temporaryFolder(), temporaryFolder()];
    await toyRun({ outputDir: first, options: bestFirst, accuracies: [0.9, 0.5], stopAfter: 4 });
    rmSync(join(first, 'checkpoint-2'), { recursive: true });
    for (const outputDir of [first, second]) {
      const steps: string[] = [];
      const resumed = toyRun({
        ...{ outputDir, options: bestFirst, accuracies: [0.5], resumeFrom: join(first, 'checkpoint-4') },
        during: (part) => steps.push(part),
      });
      await expect(resumed).rejects.toMatchObject({
        code: 'not-found',
        message: expect.stringContaining(join(first, 'checkpoint-2')),
      });
      expect(steps).toEqual([]);
    }
  });

  it('takes the speed from steps alone, not from waiting for batches, evaluating and saving', async () => {
    const outputDir = temporaryFolder();
    let ms = 0;
    await toyRun({
      ...{ outputDir, accuracies: [0.5, 0.5, 0.5], options: { saveStrategy: 'epoch' } },
      during: (part) => {
        ms += part === 'step' ? 500 : 10_000;
      },
      now: () => ms,
    });
    const rates = readFileSync(join(outputDir, 'metrics.jsonl'), 'utf8').matchAll(
      /"examplesPerSecond":([^,}]+)/g,
    );
    expect([...rates].map(([, rate]) => Number(rate))).toEqual([4, 4, 4, 4, 4, 4]); // 2 examples in half a second
  });

  it('cuts off the log what a killed run wrote after its last checkpoint', async () => {
    const [whole, killed] = [temporaryFolder(), temporaryFolder()];
    const options = { saveStrategy: 'steps', saveSteps: 2 } as const;
    await toyRun({ outputDir: whole, options });
    await toyRun({ outputDir: killed, options, stopAfter: 2 });
    writeFileSync(join(killed, 'metrics.jsonl'), '{"step":3,"epoch":1.5,"lo', { flag: 'a' });
    await toyRun({ outputDir: killed, options, resumeFrom: lastCheckpoint(killed)! });
    expect(metricsOf(killed)).toEqual(metricsOf(whole));
  });

  it('names the step and the last good checkpoint, which is usable, when the loss is no number', async () => {
    const outputDir = temporaryFolder();
    const options = { saveStrategy: 'steps', saveSteps: 2 } as const;
    const diverging = toyRun({ outputDir, options, nanFrom: 6 });
    await expect(diverging).rejects.toMatchObject({
      code: 'diverged',
      message: expect.stringMatching(/NaN at step 6 .*checkpoint-4\..*Lower learningRate/),
    });
    const { result } = await toyRun({ outputDir, options, resumeFrom: lastCheckpoint(outputDir)! });
    expect(result.steps).toBe(6);

    await expect(toyRun({ outputDir: temporaryFolder(), options, nanFrom: 1 })).rejects.toThrow(
      /No checkpoint was written yet/,
    );
  });

  it('diverges at a learning rate beyond float32', async () => {
    const options = { learningRate: 1e38, maxGradNorm: 0, lrSchedulerType: 'constant' } as const;
    await expect(toyRun({ outputDir: temporaryFolder(), options })).rejects.toMatchObject({
      code: 'diverged',
    });
  });

  it('refuses a checkpoint of another configuration', async () => {
    const outputDir = temporaryFolder();
    await toyRun({ outputDir, options: { saveStrategy: 'steps' }, stopAfter: 2 });
    const resumeFrom = lastCheckpoint(outputDir)!;
    await expect(toyRun({ outputDir, resumeFrom, configuration: 'other' })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(resumeFrom),
    });
  });
});

describe('checkpoints', () => {
  it('takes an unfinished folder for none, and removes it when it comes to that step', async () => {
    const outputDir = temporaryFolder();
    mkdirSync(join(outputDir, 'checkpoint-6.unfinished'));
    writeFileSync(join(outputDir, 'checkpoint-6.unfinished', 'model.safetensors'), 'half');
    expect(lastCheckpoint(outputDir)).toBeUndefined();
    await toyRun({ outputDir, options: { saveStrategy: 'steps', saveSteps: 3 } });
    expect(checkpointsIn(outputDir)).toEqual(['checkpoint-3', 'checkpoint-6']);
  });

  it('orders checkpoints by step, not by name', () => {
    const outputDir = temporaryFolder();
    for (const step of [9, 10, 100]) mkdirSync(join(outputDir, `checkpoint-${step}`));
    expect(lastCheckpoint(outputDir)).toBe(join(outputDir, 'checkpoint-100'));
  });

  it('leaves earlier checkpoints as they are, and no half one, when writing fails', async () => {
    const outputDir = temporaryFolder();
    await toyRun({ outputDir, options: { saveStrategy: 'steps', saveSteps: 2 }, stopAfter: 2 });
    const before = readFileSync(join(outputDir, 'checkpoint-2/trainer_state.json'), 'utf8');
    const state = { ...JSON.parse(before), global_step: 4 };
    const tokenizerFiles = { 'vocab.txt': 'a file', 'vocab.txt/x': 'and a folder' };
    const contents = { store: toyStore(), config: toyConfig, tokenizerFiles, state };
    expect(() => saveCheckpoint(outputDir, contents)).toThrow(/Could not write/);
    expect(checkpointsIn(outputDir)).toEqual(['checkpoint-2']);
    expect(readFileSync(join(outputDir, 'checkpoint-2/trainer_state.json'), 'utf8')).toBe(before);
  });

  it.each([1, 3])('are not restored into a model of another shape: %i numbers, not 2', async (size) => {
    const outputDir = temporaryFolder();
    await toyRun({ outputDir, options: { saveStrategy: 'steps' }, stopAfter: 1 });
    const store = createArenaStore([{ name: 'w', shape: [size], decay: true }]);
    expect(() => restoreCheckpoint(lastCheckpoint(outputDir)!, { store })).toThrow(
      expect.objectContaining({
        code: 'bad-input',
        message: expect.stringContaining(`w has the shape [2], expected the model's [${size}]`),
      }),
    );
  });

  it('says which file is missing of a damaged checkpoint', async () => {
    const folder = temporaryFolder();
    await expect(toyRun({ outputDir: temporaryFolder(), resumeFrom: folder })).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('trainer_state.json'),
    });
  });
});
