import { execFile, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { main } from '../../src/cli/main.ts';
import { predictedClass } from '../../src/evaluation/classification-metrics.ts';
import { createClassifier } from '../../src/node-inference.ts';
import { loadClassifier } from '../../src/pretrained/load-classifier.ts';
import { bundleCli } from '../cli/child-cli.ts';
import { memoryIo } from '../cli/memory-io.ts';
import { trainingTable } from '../cli/tiny-training.ts';
import { writeWholeModel } from '../inference/whole-model.ts';
import { temporaryFolder } from '../pretrained/folders.ts';

const withSlurm = join(import.meta.dirname, '../../scripts/with-slurm.sh');
const probe = spawnSync(withSlurm, ['true'], { encoding: 'utf8' });
const absent = probe.status === 77 || probe.error !== undefined;
if (absent) process.stderr.write(`Skipped, on a real Slurm: ${probe.stderr ?? probe.error}\n`);

let cli: Awaited<ReturnType<typeof bundleCli>>;
beforeAll(async () => {
  cli = await bundleCli();
}, 300_000);
afterAll(() => cli.remove());

async function vda(...argv: readonly string[]) {
  const { io, written } = memoryIo();
  const code = await main(argv, io);
  expect(code, written.stderr).toBe(0);
  return written;
}

const textOf = (...path: readonly string[]) => readFileSync(join(...path), 'utf8');
const timeless = (text: string) => text.replaceAll(/"seconds":[\d.e-]+/g, '"seconds":0');

/** A way to start vda by which the first try of one shard is killed with -9 once a file says that it is at work. */
function killing(folder: string, p: { readonly shard: string; readonly pattern: string }) {
  const path = join(folder, `vda-${p.shard.replace('/', '-of-')}.sh`);
  writeFileSync(
    path,
    `node() { '${process.execPath}' '${cli.main}' "$@"; }
if [[ " $* " != *" --shard ${p.shard} "* ]] || ! mkdir '${path}.killed' 2>/dev/null; then node "$@"; exit; fi
'${process.execPath}' '${cli.main}' "$@" &
while kill -0 $! 2>/dev/null && ! grep -lE "\\"pid\\": ?$!" ${p.pattern} >/dev/null 2>&1; do sleep 0.05; done
kill -9 $!
wait $!
`,
  );
  return `bash ${path}`;
}

/** Texts labelled as the model sees them, so that all are worth attacking. */
async function writeAttacked(path: string, model: string): Promise<void> {
  const texts = trainingTable
    .split('\n')
    .slice(1, 9)
    .map((line) => line.split('\t')[0]!);
  const classifier = await createClassifier(await loadClassifier(model), { numThreads: 1 });
  const rows = await classifier.logits(texts.map((text) => ({ text })));
  const lines = texts.map((text, i) => `${JSON.stringify({ text, label: predictedClass(rows[i]!) })}\n`);
  writeFileSync(path, lines.join(''));
}

test.skipIf(absent)(
  'a Slurm array with a killed shard: the collector submits it again, and the whole has the bytes of one run',
  { timeout: 900_000 },
  async () => {
    const folder = temporaryFolder();
    const at = (...path: readonly string[]) => join(folder, ...path);
    mkdirSync(at('model'));
    writeWholeModel(at('model'));
    writeFileSync(at('texts.tsv'), trainingTable);
    await writeAttacked(at('attacked.jsonl'), at('model'));
    const attack = [
      ...['attack', '--model', at('model'), '--mlm', at('model')],
      ...['--test-file', at('attacked.jsonl')],
      ...['--similarity', 'none', '--antonyms', 'none', '--stop-words', 'none', '--num-examples', '8'],
      ...['--num-threads', '1'],
    ];
    const grid = {
      ...{ title: 'Six cells', model: './model', seeds: [1, 2, 3] },
      train: { 'learning-rate': 1e-3, 'num-train-epochs': 1, 'per-device-train-batch-size': 4 },
      attack: { 'num-examples': 2, similarity: ['none'], antonyms: 'none', 'stop-words': 'none' },
      columns: [{ name: 'Texts', 'train-file': 'texts.tsv', 'test-file': 'texts.tsv' }],
      rows: [{ name: 'BERT' }, { name: 'R-Drop', train: { strategy: 'rdrop' } }],
    };
    writeFileSync(at('grid.yaml'), stringify(grid));
    const reproduce = ['reproduce', at('grid.yaml'), '--num-threads', '1'];
    await vda(...attack, '--output-dir', at('whole'));
    await vda(...reproduce, '--output-dir', at('whole-grid'));

    const emit = (name: string, shards: number, program: string, command: readonly string[]) =>
      vda(
        ...['emit', 'slurm', '--shards', String(shards), '--cpus', '1', '--program', program],
        ...['--output-dir', at('jobs', name), ...command, '--output-dir', at(name)],
      );
    const lock = '.vda.lock';
    const inAttack = { shard: '2/4', pattern: at('attack/shards/2', lock) };
    await emit('attack', 4, killing(folder, inAttack), attack);
    const inGrid = { shard: '1/3', pattern: at('grid/cells/*', lock) };
    await emit('grid', 3, killing(folder, inGrid), reproduce);

    // At most three tasks an array: the four shards go in two.
    const script = `bash '${at('jobs/attack/submit.sh')}' && bash '${at('jobs/grid/submit.sh')}' || exit
      ! bash '${at('jobs/grid/submit.sh')}' missing 2>'${at('second.txt')}' || exit
      until [ -z "$(squeue --noheader)" ]; do sleep 0.2; done`;
    const env = { ...process.env, SLURM_MAX_ARRAY: '3', SLURM_CPUS: '2' };
    const { stdout } = await promisify(execFile)(withSlurm, ['bash', '-c', script], { env });
    const logs = () =>
      ['attack', 'grid'].flatMap((name) =>
        readdirSync(at('jobs', name, 'log')).map((log) => `${log}: ${textOf(at('jobs', name, 'log', log))}`),
      );

    expect(stdout).toMatch(/4 of 4 shards submitted as job \d+ \d+; then collect\.sh as job \d+/);
    expect(textOf(at('second.txt'))).toMatch(/already submitted, and not ended: job \d+/);
    expect(existsSync(at('attack/results.jsonl')), logs().join('\n')).toBe(true);
    const tried = (name: string) =>
      textOf(at('jobs', name, 'state/tried'))
        .split('\n')
        .filter(Boolean)
        .sort();
    expect(tried('attack')).toEqual(['0', '1', '2', '2', '3']);
    expect(tried('grid')).toEqual(['0', '1', '1', '2']);
    expect(timeless(textOf(at('attack/results.jsonl')))).toBe(timeless(textOf(at('whole/results.jsonl'))));
    expect(textOf(at('attack/attack.json'))).toBe(textOf(at('whole/attack.json')));
    expect(textOf(at('grid/table.csv'))).toBe(textOf(at('whole-grid/table.csv')));
    const outcomes = (name: string) =>
      timeless(textOf(at(name, 'outcomes.jsonl')))
        .split('\n')
        .sort();
    expect(outcomes('grid')).toEqual(outcomes('whole-grid'));
  },
);
