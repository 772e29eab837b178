import { expect, test } from 'vitest';
import { parse } from 'yaml';
import type { RankedJob, ShardedJob } from '../../src/jobs/job.ts';
import { indexedJobFiles } from '../../src/jobs/kubernetes/indexed-job.ts';
import { jobSetFiles } from '../../src/jobs/kubernetes/job-set.ts';
import { mpiJobFiles } from '../../src/jobs/kubernetes/mpi-job.ts';
import { schemaProblems } from './schema-problems.ts';

/** Values that would break a file pasted together from texts. */
const hostile = ['--x=y: "z"', "it's $(HOME) $$ # no", '- a\n- b', '{}', '"', ''];

const sharded: ShardedJob = {
  ...{ name: 'vda-attack', output: 'runs/a $(b)', shards: 12, tries: 3, foldersApart: true },
  command: ['attack', ...hostile],
  collect: ['report', 'runs/a $(b)/shards'],
  ...{ cpus: 4, memory: '8G', seconds: 3600, atOnce: 5 },
};
const ranked: RankedJob = {
  ...{ name: 'vda-train', ranks: 8, ranksPerNode: 2, tries: 3, cpus: 4, memory: '8G', seconds: 60 },
  ...{ command: ['train', ...hostile], resumeIn: 'runs/t' },
};
const place = {
  ...{ madeBy: 'vda emit …', image: 'r.example.org/vda:1', volumeClaim: 'texts', mountPath: '/work' },
  namespace: 'team',
};

/** What a container gets for an argument: `$$` is a dollar, `$(NAME)` a variable where there is one. */
const expanded = (argument: string, variables: Readonly<Record<string, string>> = {}): string =>
  argument.replace(/\$\$|\$\((\w+)\)/g, (whole, name: string) =>
    whole === '$$' ? '$' : (variables[name] ?? whole),
  );

const manifests = [
  ['job.yaml', 'io.k8s.api.batch.v1.Job', () => indexedJobFiles(sharded, place)],
  ['collect.yaml', 'io.k8s.api.batch.v1.Job', () => indexedJobFiles(sharded, place)],
  ['jobset.yaml', 'JobsetV1alpha2JobSet', () => jobSetFiles(sharded, place)],
  ['mpijob.yaml', 'MPIJob', () => mpiJobFiles(ranked, place)],
] as const;

test.each(manifests)(
  '%s fits the published schema, which refuses unknown fields',
  (name, definition, files) => {
    const { text } = files().find((file) => file.name === name)!;
    expect(text).toMatch(/^# Made by: vda emit …\n/);
    const manifest = parse(text);
    expect(schemaProblems(definition, manifest)).toEqual([]);
    expect(schemaProblems(definition, { ...manifest, spec: { ...manifest.spec, parallelsim: 2 } })).toEqual([
      expect.stringContaining('unknown field parallelsim'),
    ]);
  },
);

test('the schemas look into pods', () => {
  const [file] = indexedJobFiles(sharded, place);
  const manifest = parse(file!.text);
  manifest.spec.template.spec.containers[0].imagePolicy = 'Always';
  manifest.spec.completions = '12';
  expect(schemaProblems('io.k8s.api.batch.v1.Job', manifest)).toEqual([
    expect.stringMatching(/spec\.completions: expected integer/),
    expect.stringMatching(/containers\[0\]: unknown field imagePolicy/),
  ]);
});

test('each index of the Job does its shard into a folder of its own, with its own tries', () => {
  const { spec } = parse(indexedJobFiles(sharded, place)[0]!.text);
  expect(spec).toMatchObject({
    ...{ completionMode: 'Indexed', completions: 12, parallelism: 5 },
    ...{ backoffLimitPerIndex: 2, podReplacementPolicy: 'Failed' },
  });
  const [container] = spec.template.spec.containers;
  const args = container.args.map((argument: string) => expanded(argument, { JOB_COMPLETION_INDEX: '7' }));
  expect([...container.command, ...args]).toEqual([
    ...['vda', 'attack', ...hostile, '--shard', 'auto', '--num-shards', '12'],
    ...['--output-dir', 'runs/a $(b)/shards/7'],
  ]);
  expect(container.resources.limits).toEqual({ cpu: '4', memory: '8Gi' });
});

test('the Job that merges gets the folder of the shards', () => {
  const { spec } = parse(indexedJobFiles(sharded, place)[1]!.text);
  const [container] = spec.template.spec.containers;
  expect(container.args.map((argument: string) => expanded(argument))).toEqual([
    ...['report', 'runs/a $(b)/shards', '--output-dir', 'runs/a $(b)'],
  ]);
});

test('shards without folders of their own share the output folder', () => {
  const [file] = indexedJobFiles({ ...sharded, output: 'runs/grid', foldersApart: false }, place);
  expect(parse(file!.text).spec.template.spec.containers[0].args.slice(-2)).toEqual([
    '--output-dir',
    'runs/grid',
  ]);
});

test('the MPIJob starts the ranks on its workers, and a pod has what its ranks need', () => {
  const { spec } = parse(mpiJobFiles(ranked, place)[0]!.text);
  const [launcher, worker] = ['Launcher', 'Worker'].map((role) => spec.mpiReplicaSpecs[role]);
  const [mpirun] = launcher.template.spec.containers;
  expect(mpirun.args.slice(0, 2)).toEqual(['-n', '8']);
  expect(mpirun.args.slice(mpirun.args.indexOf('vda')).map((one: string) => expanded(one))).toEqual([
    ...['vda', 'train', ...hostile],
  ]);
  expect(worker.replicas).toBe(4);
  expect(worker.template.spec.containers[0].resources.limits).toEqual({ cpu: '8', memory: '16Gi' });
});

test('texts stay texts for a reader of YAML 1.1, as kubectl is', () => {
  const odd = ['yes', 'no', 'on', 'y', 'NO', '1_000', '0777', '1:30', '=', '~', '2001-12-14', '.5', '0x1F'];
  const [file] = indexedJobFiles({ ...sharded, command: ['attack', '--labels', ...odd] }, place);
  for (const version of ['1.1', '1.2'] as const) {
    const { args } = parse(file!.text, { version }).spec.template.spec.containers[0];
    expect(args.slice(0, odd.length + 2)).toEqual(['attack', '--labels', ...odd]);
  }
  const [named] = indexedJobFiles({ ...sharded, name: 'on' }, { ...place, namespace: 'no' });
  const { metadata } = parse(named!.text, { version: '1.1' });
  expect([metadata.name, metadata.namespace]).toEqual(['on', 'no']);
});
