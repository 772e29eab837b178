import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { main } from '../../src/cli/main.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { memoryIo } from './memory-io.ts';

async function emit(...argv: readonly string[]) {
  const { io, written } = memoryIo();
  const code = await main(['emit', ...argv], io);
  return { code, stdout: written.stdout, stderr: written.stderr.replace(/\s+/g, ' ') };
}

const attack = ['attack', '--model', 'm', '--test-file', 't.tsv', '--output-dir', 'runs/a'];
const onKubernetes = ['--image', 'vda:1', '--volume-claim', 'texts'];

describe('vda emit slurm', () => {
  test('writes scripts that bash reads, with every value as it was given', async () => {
    const folder = temporaryFolder();
    const setup = 'module load "nodejs"; x=\'$HOME\'';
    const { code, stdout, stderr } = await emit(
      ...['slurm', '--shards', '9', '--cpus', '2', '--memory', '8G', '--time', '1-02:03:04', '--tries', '2'],
      ...['--partition', 'long', '--program', 'npx  vda', '--setup', setup, '--output-dir', folder, '--'],
      ...['attack', '--model', "it's $(m) `x`", '--test-file', 'a\nb.tsv', '--output-dir', 'runs/ä b'],
    );
    expect(code, stderr).toBe(0);
    const files = readdirSync(folder).sort();
    expect(files).toEqual(['collect.sh', 'settings.sh', 'shard.sh', 'submit.sh']);
    expect(stdout.trim().split('\n').sort()).toEqual(files.map((file) => join(folder, file)));
    for (const file of files) {
      execFileSync('bash', ['-n', join(folder, file)]);
      expect(statSync(join(folder, file)).mode & 0o111).toBe(0o111);
      expect(readFileSync(join(folder, file), 'utf8')).toMatch(
        /^#!.*\n# Made by: vda emit slurm --shards 9 /,
      );
    }
    const values = execFileSync(
      'bash',
      [
        '-c',
        `. '${folder}/settings.sh'; printf '%s\\0' "$name" "$shards" "$tries" "$output" "$setup" "\${vda[@]}" "\${shard_command[@]}" "\${collect_command[@]}" "\${sbatch_options[@]}"`,
      ],
      { encoding: 'utf8' },
    );
    expect(values.split('\0').slice(0, -1)).toEqual([
      ...['vda-attack-a-b', '9', '2', 'runs/ä b', setup, 'npx', 'vda'],
      ...['attack', '--model', "it's $(m) `x`", '--test-file', 'a\nb.tsv', '--num-threads', '2'],
      ...['report', 'runs/ä b/shards'],
      ...[
        '--nodes=1',
        '--ntasks=1',
        '--cpus-per-task=2',
        '--mem=8G',
        '--time=1-02:03:04',
        '--partition=long',
      ],
    ]);
  });

  test('a grid shares its folder, and the same command without a shard puts it together', async () => {
    const folder = temporaryFolder();
    const grid = ['reproduce', 'grid.yaml', '--output-dir', 'runs/g', '--num-threads', '3'];
    expect(
      await emit('slurm', '--shards', '6', '--cpus', '4', '--output-dir', folder, ...grid),
    ).toMatchObject({
      code: 0,
    });
    const settings = readFileSync(join(folder, 'settings.sh'), 'utf8');
    expect(settings).toContain("shard_command=('reproduce' '--grid' 'grid.yaml' '--num-threads' '3')");
    expect(settings).toContain("collect_command=('reproduce' '--grid' 'grid.yaml' '--num-threads' '3')");
    expect(settings).toMatch(/^folders_apart=$/m);
  });

  test("leaves another job's files alone unless told", async () => {
    const folder = temporaryFolder();
    const made = (shards: string, ...more: readonly string[]) =>
      emit('slurm', '--shards', shards, '--output-dir', folder, ...more, ...attack);
    expect((await made('2')).code).toBe(0);
    expect((await made('2')).code).toBe(0);
    expect(await made('3')).toMatchObject({ code: 1, stderr: expect.stringContaining('--overwrite') });
    expect(readFileSync(join(folder, 'settings.sh'), 'utf8')).toContain('shards=2');
    expect((await made('3', '--overwrite')).code).toBe(0);
    expect(readFileSync(join(folder, 'settings.sh'), 'utf8')).toContain('shards=3');
  });
});

describe('vda emit on Kubernetes', () => {
  test('kubernetes writes two Jobs, or one JobSet', async () => {
    const folder = temporaryFolder();
    const argv = ['kubernetes', '--shards', '4', ...onKubernetes, '--output-dir', folder];
    const jobs = await emit(...argv, ...attack);
    expect(jobs.code, jobs.stderr).toBe(0);
    expect(jobs.stderr).toMatch(
      /kubectl apply -f .*job\.yaml && kubectl wait .*job\/vda-attack-a && kubectl apply/,
    );
    expect((await emit(...argv, '--job-set', ...attack)).code).toBe(0);
    expect(readdirSync(folder).sort()).toEqual(['collect.yaml', 'job.yaml', 'jobset.yaml']);
    expect(parse(readFileSync(join(folder, 'jobset.yaml'), 'utf8')).kind).toBe('JobSet');
  });

  test('mpijob trains by MPI, whether the command says so or not', async () => {
    const train = ['train', '--model', 'm', '--train-file', 't.tsv', '--output-dir', 'runs/t'];
    for (const more of [
      [],
      ['--distributed', 'mpi'],
      ['--distributed=mpi'],
      ['--distributed-timeout', '60'],
    ]) {
      const folder = temporaryFolder();
      const { code, stderr } = await emit(
        ...['mpijob', '--ranks', '4', ...onKubernetes, '--output-dir', folder, ...train, ...more],
      );
      expect(code, stderr).toBe(0);
      const { spec } = parse(readFileSync(join(folder, 'mpijob.yaml'), 'utf8'));
      const { args } = spec.mpiReplicaSpecs.Launcher.template.spec.containers[0];
      expect(args.filter((argument: string) => argument === '--distributed')).toHaveLength(1);
      expect(args.slice(args.indexOf('--distributed')).slice(0, 2)).toEqual(['--distributed', 'mpi']);
      expect(args.slice(-2)).toEqual(['--output-dir', 'runs/t']);
    }
  });
});

describe('vda emit refuses', () => {
  const slurm = ['slurm', '--shards', '4'];
  const long = 'a'.repeat(62);
  test.each([
    ['a command that needs a terminal', [...slurm, 'demo'], /demo cannot be done in shards: .* terminal/],
    ['a server', [...slurm, 'serve', 'm'], /serve cannot be done in shards: .* ends never/],
    ['a training in shards', [...slurm, 'train'], /several processes share each step, vda emit mpijob/],
    [
      'another command on ranks',
      ['mpijob', '--ranks', '2', ...onKubernetes, ...attack],
      /only vda train does/,
    ],
    ['a command that is none', [...slurm, 'atack'], /got atack\. Did you mean vda attack\?/],
    ['no command', slurm, /--command is required/],
    ['an engine that is none', ['slrum', '--shards', '4', ...attack], /expected .*slurm.* got 'slrum'/],
    ['no number of shards', ['slurm', ...attack], /--shards is required for slurm/],
    ['more shards than texts', ['slurm', '--shards', '1001', ...attack], /1001 of an attack on 1000 texts/],
    ['a part already', [...slurm, ...attack, '--shard', '0/4'], /leave out --shard/],
    ['a dry run', [...slurm, 'reproduce', 'g.yaml', '--output-dir', 'o', '--dry-run'], /leave out --dry-run/],
    ['a command without a folder', [...slurm, 'reproduce', 'g.yaml'], /give vda reproduce an --output-dir/],
    [
      'wrong options of the command',
      [...slurm, ...attack, '--recipe', 'x'],
      /vda attack: --recipe: expected/,
    ],
    ['options of another engine', [...slurm, '--image', 'i', ...attack], /--image has no effect for slurm/],
    [
      'no image',
      ['kubernetes', '--shards', '2', ...attack],
      /--image is required .* --volume-claim is required/,
    ],
    [
      'more indexes than Kubernetes takes',
      ['kubernetes', '--shards', '100001', ...onKubernetes, ...attack, '--num-examples', '1000000'],
      /--shards 100001: a Job with tries for each index has at most 100000/,
    ],
    ['an invalid name', [...slurm, '--name', 'Vda_1', ...attack], /RFC 1123/],
    [
      'a name that leaves no room for an index',
      ['kubernetes', '--shards', '4', ...onKubernetes, '--name', long, ...attack],
      /expected at most 55 characters/,
    ],
    ['a memory that is none', [...slurm, '--memory', '8 GB', ...attack], /such as 8G/],
    [
      'results outside of the volume',
      ['kubernetes', '--shards', '4', ...onKubernetes, ...attack, '--output-dir', '/tmp/a'],
      /outside of \/work/,
    ],
    [
      'uneven pods',
      ['mpijob', '--ranks', '5', '--ranks-per-node', '2', ...onKubernetes, 'train'],
      /--ranks 5 is no multiple of --ranks-per-node 2/,
    ],
  ])('%s', async (_, argv, message) => {
    const { code, stderr } = await emit(...argv);
    expect(stderr).toMatch(message);
    expect(code).toBe(2);
  });
});

test('options of the command may stand in its own file', async () => {
  const folder = temporaryFolder();
  const config = join(folder, 'attack.yaml');
  writeFileSync(config, 'model: m\ntest-file: t.tsv\noutput-dir: runs/c\nshard: 0/2\n');
  const argv = ['slurm', '--shards', '2', '--output-dir', join(folder, 'jobs'), 'attack', '--config', config];
  expect(await emit(...argv)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('leave out --shard'),
  });
  writeFileSync(config, 'model: m\ntest-file: t.tsv\noutput-dir: runs/c\n');
  expect((await emit(...argv)).code).toBe(0);
  const settings = readFileSync(join(folder, 'jobs/settings.sh'), 'utf8');
  expect(settings).toContain(`shard_command=('attack' '--config' '${config}')`);
  expect(settings).toContain("output='runs/c'");
});
