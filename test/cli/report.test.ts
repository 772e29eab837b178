import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AttackRecord, AttackStatus } from '../../src/attacks/record.ts';
import { main } from '../../src/cli/main.ts';
import type { AttackShard } from '../../src/runs/attack-manifest.ts';
import { makeRecord } from '../evaluation/make-record.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { attackFolder, trainFolder } from '../report/run-folders.ts';
import { memoryIo } from './memory-io.ts';

const records = (statuses: readonly AttackStatus[]): readonly AttackRecord[] =>
  statuses.map((status, id) => makeRecord({ id, status }));

/** The attack on a model as `vda attack` leaves it, with a record that leads to the model's training. */
function attackOn(
  root: string,
  p: {
    readonly model: string;
    readonly records: readonly AttackRecord[];
    readonly more?: { readonly shard?: AttackShard; readonly config?: object }; // of format 1
  },
): string {
  const model = trainFolder(join(root, p.model), { log: '{"step":1,"loss":0.5}\n' });
  const folder = attackFolder(join(root, `${p.model}-attack${p.more?.shard?.index ?? ''}`), p.records);
  const path = join(folder, 'attack.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8'));
  const config = { ...manifest.config, model: { path: p.model } };
  writeFileSync(path, JSON.stringify({ ...manifest, config, ...p.more }));
  const record = { command: 'attack', options: { model, shard: '0/2' }, versions: {}, data: {} };
  writeFileSync(join(folder, 'run.json'), JSON.stringify(record));
  return folder;
}

/** All that a report prints on a terminal of so many columns. */
async function printedAt(columns: number, argv: readonly string[]) {
  let printed = '';
  const { io } = memoryIo({ stdout: { write: (text) => (printed += text), columns } });
  expect(await main(['report', ...argv], io)).toBe(0);
  return printed;
}

async function report(...argv: readonly string[]) {
  const { io, written } = memoryIo();
  return { code: await main(['report', ...argv], io), ...written };
}

describe('vda report', () => {
  test('compares attacks example by example, under the names of the models', async () => {
    const root = temporaryFolder();
    const plain = attackOn(root, {
      model: 'plain',
      records: records(['success', 'failed', 'success', 'skipped']),
    });
    const vda = attackOn(root, { model: 'vda', records: records(['failed', 'failed', 'failed', 'failed']) });
    const output = join(root, 'out');
    const { code, stdout, stderr } = await report(plain, vda, '--output-dir', output);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^plain +75\.0 % .* 25\.0 % /m);
    expect(stdout).toMatch(/^vda +100\.0 % .* 100\.0 % /m);
    expect(stdout).toMatch(
      /^vda against plain, on the 3 texts that both had right: \+66\.7 points kept \[.*\]; 2 by it alone, 0 by the other; McNemar p = 0\.500\.$/m,
    );
    const page = readFileSync(join(output, 'report.html'), 'utf8');
    for (const part of ['Training loss over step', 'Example by example, against'])
      expect(page).toContain(part);

    const narrow = await printedAt(40, [plain, vda, '--output-dir', output]);
    expect(narrow).toMatch(/^plain\n {2}Ori Acc +75\.0 % \[.*\n {2}Att Acc +25\.0 %/m);
    const lines = narrow.split('\n').filter((line) => !line.startsWith('Report: ') && line.includes(' '));
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(40);
  });

  test('makes a lab of models under several attacks, two of which found the same texts', async () => {
    const root = temporaryFolder();
    const attacked = (model: string, p: { id: string; data?: string; replays?: boolean }) => {
      const { id, data = 'test.tsv', replays } = p;
      const search = { id: replays ? 'replay' : 'greedy', ...(replays && { settings: { originals: true } }) };
      const attack = {
        id,
        version: 1,
        settings: { preset: 'default', profile: 'strict' },
        parts: { search },
      };
      const victim = { id: 'victim', version: 1, parts: { model: { id: 'model', content: model } } };
      return attackFolder(
        join(root, `${model}, ${id} of ${data}`),
        records(['failed', 'success']),
        undefined,
        {
          ...{ format: 3, about: { model, data } },
          identity: { hash: `${model} ${id} ${data}`, parts: { attack, victim } },
        },
      );
    };
    const folders = ['plain', 'vda'].flatMap((model) =>
      ['pwws', 'random'].map((id) => attacked(model, { id })),
    );
    const replays = ['pwws', 'random'].map((id) =>
      attacked('vda', { id: 'replay', data: `${id} (strict) on plain`, replays: true }),
    );
    const { code, stdout, stderr } = await report(...folders, ...replays, '--output-dir', join(root, 'out'));
    expect(code, stderr).toBe(0);
    expect(stdout).toContain('| Attack | plain | vda |');
    expect(stdout.match(/^\| (pwws|random) \(strict\) on plain \|/gm)).toHaveLength(2);
    expect(stdout).not.toContain('not tested');
  });

  test('takes names, and folders where two models are called alike', async () => {
    const root = temporaryFolder();
    const [a, b] = ['a', 'b'].map((parent) =>
      attackOn(join(root, parent), { model: 'run', records: records(['failed']) }),
    ) as [string, string];
    const output = join(root, 'out');
    expect((await report(a, b, '--output-dir', output)).stdout).toMatch(/\/a\/run-attack +100\.0 %/);
    expect((await report(a, b, '--names', 'A', 'B', '--output-dir', output)).stdout).toMatch(/^B +100\.0 %/m);
    const refused = await report(a, b, '--names', 'A', '--output-dir', output);
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining('--names: expected a name for each of the 2 folders, got 1.'),
    ]);
  });

  test('names attacks on one model by their folders where they differ in the device alone', async () => {
    const root = temporaryFolder();
    const ways = ['cpu', 'cuda'].map((device) =>
      attackOn(join(root, device), {
        model: 'plain',
        records: records(Array.from({ length: 20 }, (_, id) => (id < 5 ? 'failed' : 'success'))),
        more: { config: { device, model: { path: 'plain' } } },
      }),
    );
    const { code, stdout } = await report(...ways, '--output-dir', join(root, 'out'));
    expect(code).toBe(0);
    expect(stdout).toMatch(/Attacked on different devices, .* cpu \(\S+cpu\/\S+\), cuda \(\S+cuda\/\S+\)\./);
    expect(stdout).toMatch(/cuda\/\S+ against \S+cpu\/\S+, on the 20 texts that both had right/);
  });

  test('compares no attacks of different settings, nor a constant classifier', async () => {
    const root = temporaryFolder();
    const settings = [
      { maxChangeRate: 0.4 },
      { maxChangeRate: 0.1 },
      { maxChangeRate: 0.4, queryBudget: 20 },
    ];
    const ways = settings.map((attack, i) =>
      attackOn(join(root, String(i)), {
        model: 'plain',
        records: records(Array.from({ length: 20 }, (_, id) => (id < 3 * i ? 'failed' : 'success'))),
        more: { config: { attack, model: { path: 'plain' } } },
      }),
    );
    const output = join(root, 'out');
    const { code, stdout } = await report(
      ...ways,
      '--names',
      'all',
      'close',
      'short',
      '--output-dir',
      output,
    );
    expect(code).toBe(0);
    expect(stdout.split('\n')[0]).toMatch(
      /They differ in: max change rate 0\.4 \(all, short\), 0\.1 \(close\); query budget none \(all, close\), 20 \(short\)\.$/,
    );
    expect(stdout).toContain(
      'close against all: not tested, attacked otherwise (max change rate 0.4 there, 0.1 here).',
    );
    expect(stdout).not.toContain('McNemar');
    expect(readFileSync(join(output, 'report.html'), 'utf8')).not.toContain('McNemar');
    const one = records(Array.from({ length: 20 }, (_, id) => (id < 10 ? 'failed' : 'skipped')));
    const constant = attackOn(root, {
      model: 'constant',
      records: one.map((record) =>
        record.status === 'skipped' ? { ...record, label: 'bad', originalPrediction: 'good' } : record,
      ),
    });
    const good = attackOn(root, {
      model: 'good',
      records: one.map((record) => ({ ...record, status: 'success' })),
    });
    const verdict = (await report(good, constant, '--output-dir', join(root, 'verdict'))).stdout;
    expect(verdict).toMatch(
      /^constant: predictions are nearly all one class \(good for 100\.0 % of 20 texts, where 50\.0 % are\)/,
    );
    expect(verdict).not.toContain('McNemar');
  });

  test('puts the parts of one attack together', async () => {
    const root = temporaryFolder();
    const all = records(['failed', 'success', 'failed', 'failed']);
    const parts = [0, 1].map((index) => {
      const own = all.filter(({ id }) => id % 2 === index);
      return attackOn(root, { model: 'm', records: own, more: { shard: { index, count: 2 } } });
    });
    const output = join(root, 'whole');
    const { code, stdout, stderr } = await report(...parts, '--output-dir', output);
    expect(code, stderr).toBe(0);
    expect(stderr).toContain(`Parts put together in ${output}.`);
    expect(stdout).toMatch(/^m +100\.0 % .* 75\.0 % /m);
    expect(readFileSync(join(output, 'results.jsonl'), 'utf8').match(/\n/g)).toHaveLength(4);
    expect(JSON.parse(readFileSync(join(output, 'run.json'), 'utf8')).options).not.toHaveProperty('shard');
    expect(existsSync(join(output, 'report.html'))).toBe(true);
    mkdirSync(join(root, 'shards'));
    writeFileSync(join(root, 'shards/0.done'), '');
    for (const [i, part] of parts.entries())
      cpSync(part, join(root, 'shards', String(i)), { recursive: true });
    const folder = await report(join(root, 'shards'), '--output-dir', join(root, 'again'));
    expect(folder.code, folder.stderr).toBe(0);
    for (const file of ['results.jsonl', 'attack.json'])
      expect(readFileSync(join(root, 'again', file))).toEqual(readFileSync(join(output, file)));
    const alone = await report(parts[0]!, '--output-dir', join(root, 'half'));
    expect([alone.code, alone.stderr]).toEqual([1, expect.stringContaining('Shard 1/2 is missing')]);
    const half = await report(parts[0]!, '--partial', '--output-dir', join(root, 'half'));
    expect(half.code, half.stderr).toBe(0);
    expect(half.stdout).toMatch(/^m +100\.0 % .* 100\.0 % /m); // texts 0 and 2
    expect(half.stdout).toContain('parts 0 of 2 only');
  });

  test('says what is no attack, and that test sets differ', async () => {
    const root = temporaryFolder();
    const none = await report(root);
    expect([none.code, none.stderr.replaceAll(/\s+/g, ' ')]).toEqual([
      1,
      expect.stringContaining('holds no attack: expected attack.json in it.'),
    ]);
    const one = attackOn(root, { model: 'one', records: records(['failed']) });
    const other = attackOn(root, {
      model: 'other',
      records: [{ ...records(['failed'])[0]!, text: 'another' }],
    });
    const apart = await report(one, other, '--output-dir', join(root, 'out'));
    expect([apart.code, apart.stderr.replaceAll(/\s+/g, ' ')]).toEqual([
      1,
      expect.stringContaining('Compare attacks on the same test file'),
    ]);
  });
});
