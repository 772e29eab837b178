import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { lastCheckpoint } from '../../src/runs/checkpoint.ts';
import { metricsOf } from '../training/runs.ts';
import { bundleCli, startCli } from './child-cli.ts';
import { memoryIo } from './memory-io.ts';
import { tinyTraining } from './tiny-training.ts';

let cli: Awaited<ReturnType<typeof bundleCli>>;
beforeAll(async () => {
  cli = await bundleCli();
});
afterAll(() => cli.remove());

const vda = ['--vda', '--top-k', '8', '--save-strategy', 'steps', '--save-steps', '2'];

/** Resolves once the run has a checkpoint of at least so many steps. */
async function untilStep(outputDir: string, step: number): Promise<void> {
  const reached = () => Number(lastCheckpoint(outputDir)?.split('-').at(-1) ?? 0) >= step;
  while (!reached()) await new Promise((resolve) => setTimeout(resolve, 5));
}

describe('a training process', () => {
  it('killed with -9 and resumed, ends as one that was left alone', async () => {
    const { folder, argv } = tinyTraining();
    const [whole, killed] = [join(folder, 'whole'), join(folder, 'killed')];
    const { child, ended } = startCli(cli.main, argv('killed', ...vda));
    await untilStep(killed, 3);
    child.kill('SIGKILL');
    expect(await ended).toMatchObject({ code: null, signal: 'SIGKILL' });
    expect(existsSync(join(killed, 'model.safetensors'))).toBe(false);

    expect(await main(argv('whole', ...vda), memoryIo().io)).toBe(0);
    const resumed = [...argv('killed', ...vda), '--resume-from-checkpoint', 'last'];
    expect(await main(resumed, memoryIo().io)).toBe(0);
    expect(readFileSync(join(killed, 'model.safetensors'))).toEqual(
      readFileSync(join(whole, 'model.safetensors')),
    );
    expect(metricsOf(killed)).toEqual(metricsOf(whole));
  });

  it('saves at SIGTERM, says how to go on, and exits with 143', async () => {
    const { folder, argv } = tinyTraining();
    const outputDir = join(folder, 'stopped');
    const { child, ended } = startCli(cli.main, argv('stopped', '--num-train-epochs=200', ...vda));
    await untilStep(outputDir, 2);
    child.kill('SIGTERM');
    const { code, stderr } = await ended;
    expect(code).toBe(143);
    const step = /Saved after step (\d+)\. Go on with: vda train .*--resume-from-checkpoint last/.exec(
      stderr.replaceAll('\n', ' '),
    )?.[1];
    expect(lastCheckpoint(outputDir)).toBe(join(outputDir, `checkpoint-${step}`));
  });

  it('keeps a second one out of its folder', async () => {
    const { folder, argv } = tinyTraining();
    const outputDir = join(folder, 'one');
    const first = startCli(cli.main, argv('one', '--num-train-epochs=200', ...vda));
    await untilStep(outputDir, 2);
    const resume = [...argv('one', '--num-train-epochs=200', ...vda), '--resume-from-checkpoint', 'last'];
    const second = await startCli(cli.main, resume).ended;
    expect(second.code).toBe(1);
    expect(second.stderr.replaceAll('\n', ' ')).toMatch(
      new RegExp(`error: \\S+ is in use by a training \\(process ${first.child.pid} on this machine`),
    );
    first.child.kill('SIGTERM');
    expect((await first.ended).code).toBe(143);
    const steps = metricsOf(outputDir).map(({ step }) => step);
    expect(steps).toEqual(steps.map((_, i) => i + 1));
  });

  it('that can’t write a checkpoint leaves the ones before it whole', async () => {
    const { folder, argv } = tinyTraining();
    const outputDir = join(folder, 'full');
    const save = ['--save-strategy', 'steps', '--save-steps', '6'];
    const stop = new AbortController();
    const { io } = memoryIo({ signal: stop.signal });
    const stopping = { ...io, stderr: { ...io.stderr, write: () => stop.abort(new Error('enough')) } };
    expect(await main(argv('full', ...save), stopping)).toBe(1); // at its first word: after step 1
    expect(lastCheckpoint(outputDir)).toBe(join(outputDir, 'checkpoint-1'));

    // Files of at most 60 kB: the model of 70 kB does not fit, as on a full disk.
    const resume = [...argv('full', ...save), '--resume-from-checkpoint', 'last'];
    const { code, stderr } = await startCli(cli.main, resume, { fileBlocks: 60 }).ended;
    expect(code).toBe(1);
    expect(stderr).toMatch(/error: Could not\s+write\s+\S+model\.safetensors/);
    expect(readdirSync(outputDir).filter((name) => name.startsWith('checkpoint'))).toEqual(['checkpoint-1']);
    expect(await main(resume, memoryIo().io)).toBe(0);
    expect(existsSync(join(outputDir, 'model.safetensors'))).toBe(true);
  });
});
