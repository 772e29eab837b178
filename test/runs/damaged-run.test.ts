import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lastCheckpoint } from '../../src/runs/checkpoint.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { metricsOf } from '../training/runs.ts';
import { tinyFineTune } from '../training/tiny-fine-tune.ts';
import { writeTinyModel } from '../training/tiny-model.ts';
import { toyRun } from '../training/toy-run.ts';

const options = { saveStrategy: 'steps', saveSteps: 2 } as const;

/** A run of 6 steps that stopped after 4, with checkpoints at 2 and 4. */
async function stoppedRun() {
  const outputDir = temporaryFolder();
  await toyRun({ outputDir, options, stopAfter: 4 });
  return { outputDir, log: join(outputDir, 'metrics.jsonl'), checkpoint: join(outputDir, 'checkpoint-4') };
}

const resume = (outputDir: string) => toyRun({ outputDir, options, resumeFrom: lastCheckpoint(outputDir)! });

describe('a resume', () => {
  it('says where it goes on', async () => {
    const { outputDir, checkpoint } = await stoppedRun();
    const { said } = await resume(outputDir);
    expect(said).toEqual([`Going on from ${checkpoint}: step 4 of 6, epoch 2.00.`]);
  });

  it('does not speak of parameters at random, and leaves nothing half written', async () => {
    const modelFolder = writeTinyModel(temporaryFolder());
    const outputDir = temporaryFolder();
    await tinyFineTune({ modelFolder, outputDir, options, stopAfter: 4 });
    const uuid = '0b1d7a52-0f4c-4a7e-9a2b-6a3f5f0d9c11';
    const left = [`.run.json.${uuid}.tmp`, `candidates.bin.${uuid}.tmp`, 'checkpoint-5.unfinished', 'onnx'];
    mkdirSync(join(outputDir, 'onnx'));
    for (const name of [...left.slice(0, 2), `onnx/.model.onnx.${uuid}.tmp`, 'mine.tmp']) {
      writeFileSync(join(outputDir, name), 'half');
    }
    mkdirSync(join(outputDir, 'checkpoint-5.unfinished'));
    const { said } = await tinyFineTune({
      modelFolder,
      outputDir,
      options,
      resumeFrom: lastCheckpoint(outputDir),
    });
    expect(said.filter((line) => line.startsWith('New parameters'))).toEqual([]);
    expect(said).toContainEqual(expect.stringMatching(/^Going on from \S+: step 4 of 6/));
    expect(readdirSync(join(outputDir, 'onnx'))).toEqual([]);
    expect(readdirSync(outputDir).filter((name) => /tmp|unfinished/.test(name))).toEqual(['mine.tmp']);
  });

  it('says that the log is shorter than its checkpoint says, and keeps the lines that are whole', async () => {
    const { outputDir, log } = await stoppedRun();
    const before = metricsOf(outputDir);
    const { length } = readFileSync(log);
    truncateSync(log, length - 5);
    const { said } = await resume(outputDir);
    expect(said).toContainEqual(
      expect.stringMatching(
        new RegExp(
          `metrics.jsonl holds ${length - 5} of the ${length} bytes it had when checkpoint-4 was written and has 1 damaged line, now left out: charts will lack`,
        ),
      ),
    );
    const steps = metricsOf(outputDir).map(({ step }) => step);
    expect(before.map(({ step }) => step)).toEqual([1, 2, 3, 4]);
    expect(steps).toEqual([1, 2, 3, 5, 6]);
  });

  it('says that the log is gone, or has damaged lines', async () => {
    const [gone, damaged] = [await stoppedRun(), await stoppedRun()];
    rmSync(gone.log);
    expect((await resume(gone.outputDir)).said).toContainEqual(
      expect.stringMatching(/holds 0 of the \d+ bytes/),
    );
    const lines = readFileSync(damaged.log, 'utf8').split('\n');
    writeFileSync(damaged.log, lines.with(1, `${' '.repeat(lines[1]!.length - 1)}x`).join('\n'));
    const { said } = await resume(damaged.outputDir);
    expect(said).toContainEqual(expect.stringMatching(/metrics\.jsonl has 1 damaged line, now left out/));
    expect(metricsOf(damaged.outputDir).map(({ step }) => step)).toEqual([1, 3, 4, 5, 6]);
  });

  it.each<[string, (path: string) => void, RegExp]>([
    ['is empty', (path) => truncateSync(path, 0), /is not the state of a training: .*JSON/],
    ['is null', (path) => writeFileSync(path, 'null'), /expected an object, got null/],
    [
      'lacks its step',
      (path) => edit(path, { global_step: undefined }),
      /global_step is missing, expected a number/,
    ],
    ['names a step beyond its run', (path) => edit(path, { global_step: 7 }), /it stands at step 7 of 6/],
    ['names another step than its folder', (path) => edit(path, { global_step: 3 }), /it stands at step 3/],
    [
      'names a huge step',
      (path) => edit(path, { global_step: 1e15, max_steps: 1e16 }),
      /global_step: expected a number at most/,
    ],
    [
      'names a best checkpoint elsewhere',
      (path) => edit(path, { best_model_checkpoint: '../x' }),
      /best_model_checkpoint: expected/,
    ],
    [
      'has a list for a history',
      (path) => edit(path, { log_history: [1] }),
      /log_history\[0\]: expected an object/,
    ],
  ])(
    'names the file, what is wrong and what to do where trainer_state.json %s',
    async (_, damage, message) => {
      const { outputDir, checkpoint } = await stoppedRun();
      const path = join(checkpoint, 'trainer_state.json');
      damage(path);
      const failed = await resume(outputDir).catch((error: unknown) => error);
      expect(failed).toMatchObject({
        name: 'VdaError',
        code: 'bad-input',
        message: expect.stringMatching(message),
      });
      expect(failed).toMatchObject({ message: expect.stringContaining(path) });
      expect(failed).toMatchObject({
        message: expect.stringContaining('Resume from checkpoint-2, or start anew.'),
      });
    },
  );

  it.each(['model.safetensors', 'optimizer.safetensors'])(
    'names the checkpoint and others where %s is cut',
    async (name) => {
      const { outputDir, checkpoint } = await stoppedRun();
      truncateSync(join(checkpoint, name), 100);
      await expect(resume(outputDir)).rejects.toMatchObject({
        code: 'bad-input',
        message: expect.stringMatching(
          new RegExp(
            `${checkpoint} is not whole.* ${join(checkpoint, name)} .*Or resume from checkpoint-2, or start anew`,
          ),
        ),
      });
      rmSync(join(checkpoint, name));
      await expect(resume(outputDir)).rejects.toThrow(/is not whole.*Or resume from checkpoint-2/);
    },
  );

  it('finds the best checkpoint damaged at its start, not at its end', async () => {
    const outputDir = temporaryFolder();
    const best = { ...options, loadBestModelAtEnd: true } as const;
    await toyRun({ outputDir, options: best, accuracies: [0.9, 0.5], stopAfter: 4 });
    truncateSync(join(outputDir, 'checkpoint-2', 'model.safetensors'), 50);
    const steps: string[] = [];
    const resumed = toyRun({
      ...{ outputDir, options: best, accuracies: [0.5], resumeFrom: lastCheckpoint(outputDir)! },
      during: (part) => steps.push(part),
    });
    await expect(resumed).rejects.toThrow(join(outputDir, 'checkpoint-2'));
    expect(steps).toEqual([]);
  });
});

function edit(path: string, change: Readonly<Record<string, unknown>>): void {
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...change }));
}
