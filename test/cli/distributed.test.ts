import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { lastCheckpoint } from '../../src/runs/checkpoint.ts';
import { metricsOf } from '../training/runs.ts';
import { bundleCli } from './child-cli.ts';
import { memoryIo } from './memory-io.ts';
import { tinyTraining } from './tiny-training.ts';

const there = spawnSync('mpirun', ['--version'], { encoding: 'utf8' }).stdout ?? '';
const hasOpenMpi = there.includes('Open MPI');
if (!hasOpenMpi) {
  process.stderr.write('Skipped: training over MPI. There is no mpirun of Open MPI here.\n');
}

const withSlurm = new URL('../../scripts/with-slurm.sh', import.meta.url).pathname;
const probe = spawnSync(withSlurm, ['true'], { encoding: 'utf8' });
const hasSlurm = hasOpenMpi && probe.status === 0;
if (!hasSlurm) process.stderr.write(`Skipped: training over MPI in a Slurm. ${probe.stderr ?? ''}\n`);

let cli: Awaited<ReturnType<typeof bundleCli>>;
beforeAll(async () => {
  cli = await bundleCli();
});
afterAll(() => cli.remove());

/** On loopback alone, more ranks than cores, and as root where the tests are. */
const env = {
  ...process.env,
  ...{
    OMPI_MCA_oob_tcp_if_include: 'lo',
    OMPI_MCA_btl: 'self,vader',
    OMPI_MCA_rmaps_base_oversubscribe: '1',
  },
  ...{ OMPI_ALLOW_RUN_AS_ROOT: '1', OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1' },
};

const shares = ['--per-device-train-batch-size', '1', '--gradient-accumulation-steps', '4'];
const saving = ['--save-strategy', 'steps', '--save-steps', '2'];

/** Starts the command of each rank. */
function onRanks(...commands: readonly (readonly string[])[]) {
  const each = commands.map((argv) => [
    '-n',
    '1',
    process.execPath,
    cli.main,
    ...argv,
    '--distributed',
    'mpi',
  ]);
  const child = spawn(
    'mpirun',
    each.flatMap((one, i) => (i === 0 ? one : [':', ...one])),
    { env },
  );
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = once(child, 'close').then(([code]) => ({
    code,
    stdout,
    stderr: stderr.replaceAll(/\s+/g, ' '),
  }));
  return { ended };
}

const ranksOf = (argv: readonly string[]) => onRanks(argv, argv).ended;
const modelOf = (folder: string) => readFileSync(join(folder, 'model.safetensors'));

/** Kills the rank of a training into that folder. */
function killRank(rank: number, folder: string): void {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const [command, variables] = ['cmdline', 'environ'].map((name) =>
        readFileSync(`/proc/${pid}/${name}`, 'utf8').split('\0'),
      );
      const isOne = command![0] === process.execPath && command!.includes(folder);
      if (isOne && variables!.includes(`OMPI_COMM_WORLD_RANK=${rank}`)) process.kill(Number(pid), 'SIGKILL');
    } catch {
      // ended meanwhile, or another's
    }
  }
}

describe.runIf(hasOpenMpi)('vda train --distributed mpi', { timeout: 120_000 }, () => {
  it('trains on two ranks, and after the kill of one goes on to the same bytes, on two or by itself', async () => {
    const { folder, argv } = tinyTraining();
    const [one, two, killed] = ['one', 'two', 'killed'].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    const steps = [...shares, ...saving, '--vda', '--top-k', '8', '--num-train-epochs', '20'];
    const whole = await ranksOf(argv('two', ...steps));
    expect(whole).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\{"outputDir":[^\n]*\n$/) }); // of rank 0 alone
    expect(whole.stderr).toMatch(/^2 ranks, 1 thread each\./);

    const { ended } = onRanks(argv('killed', ...steps), argv('killed', ...steps));
    while (Number(lastCheckpoint(killed)?.split('-').at(-1) ?? 0) < 4) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    killRank(1, killed);
    expect(await ended).toMatchObject({
      code: 137,
      stderr: expect.stringMatching(/rank 1 .* exited on signal 9/),
    });
    expect(existsSync(join(killed, 'model.safetensors'))).toBe(false);
    const resume = [...argv('killed', ...steps), '--resume-from-checkpoint', 'last'];
    expect(await ranksOf(resume)).toMatchObject({ code: 0 });
    expect(modelOf(killed)).toEqual(modelOf(two));
    expect(metricsOf(killed)).toEqual(metricsOf(two));

    expect(await main(argv('one', ...steps, '--num-train-epochs', '1'), memoryIo().io)).toBe(0);
    expect(metricsOf(one)[0]!.loss).toBeCloseTo(metricsOf(two)[0]!.loss!, 5);
  });

  it('ends all ranks with one message where one of them fails, or trains something else', async () => {
    const { argv } = tinyTraining();
    const fails = [...argv('fails', ...shares), '--train-file', '/nowhere.tsv'];
    const failed = await onRanks(argv('fails', ...shares), fails).ended;
    expect(failed.code).toBe(1);
    expect(failed.stderr.match(/error: /g)).toHaveLength(1);
    expect(failed.stderr).toMatch(/error: Rank 1 \(\S+\): Cannot read \/nowhere\.tsv/);

    const differ = await onRanks(argv('differs', ...shares), argv('differs', ...shares, '--seed', '7')).ended;
    expect(differ.code).toBe(1);
    expect(differ.stderr.match(/error: /g)).toHaveLength(1);
    expect(differ.stderr).toMatch(
      /error: Rank 1 \(\S+\) does not train what rank 0 \(\S+\) trains: training\.seed: 42 on rank 0, 7 on rank 1/,
    );
  });
});

describe.runIf(hasSlurm)('vda train --distributed mpi under srun', { timeout: 120_000 }, () => {
  /** Starts two ranks in a Slurm of this machine. */
  async function srun(options: readonly string[], argv: readonly string[]) {
    const command = [process.execPath, cli.main, ...argv, '--distributed', 'mpi'];
    const child = spawn(withSlurm, ['srun', '-n', '2', ...options, ...command], {
      env: { ...env, SLURM_CPUS: '2' },
    });
    let stderr = '';
    child.stderr.on('data', (chunk) => {
      stderr += chunk;
    });
    child.stdout.resume();
    const [code] = await once(child, 'close');
    return { code, stderr: stderr.replaceAll(/\s+/g, ' ') };
  }

  it('ends in the bytes of mpirun with PMIx, and says how to start it without', async () => {
    const { folder, argv } = tinyTraining();
    expect(await srun(['--mpi=pmix'], argv('srun', ...shares))).toMatchObject({ code: 0 });
    expect(await ranksOf(argv('mpirun', ...shares))).toMatchObject({ code: 0 });
    expect(modelOf(join(folder, 'srun'))).toEqual(modelOf(join(folder, 'mpirun')));
    expect(await srun(['--mpi=none'], argv('apart', ...shares))).toEqual({
      code: 2,
      stderr: expect.stringMatching(/Slurm started 2 tasks that do not know of each other/),
    });
  });
});

describe('vda train --distributed mpi without a launcher', () => {
  it('trains by itself, and says so', async () => {
    const { folder, argv } = tinyTraining();
    const { io, written } = memoryIo();
    expect(await main([...argv('alone', '--max-steps', '1'), '--distributed', 'mpi'], io)).toBe(0);
    expect(written.stderr).toMatch(/^No MPI launcher started this process, so it trains by itself\./);
    expect(existsSync(join(folder, 'alone', 'model.safetensors'))).toBe(true);
  });

  it('knows what its timeout belongs to', async () => {
    const { argv } = tinyTraining();
    const { io, written } = memoryIo();
    expect(await main([...argv('none'), '--distributed-timeout', '5'], io)).toBe(2);
    expect(written.stderr).toContain('--distributed-timeout has no effect without --distributed.');
  });
});
