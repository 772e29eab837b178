import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { AttackRecord } from '../../src/attacks/record.ts';
import { main } from '../../src/cli/main.ts';
import { makeRecord } from '../evaluation/make-record.ts';
import { writeWholeModel } from '../inference/whole-model.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { attackFolder } from '../report/run-folders.ts';
import { memoryIo } from './memory-io.ts';

async function vda(...argv: readonly string[]) {
  const { io, written } = memoryIo();
  return { code: await main(argv, io), ...written };
}

const recordsOf = (folder: string): AttackRecord[] =>
  readFileSync(join(folder, 'results.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

const replaying = (given: string, { model, output }: { readonly model: string; readonly output: string }) => [
  ...['attack', '--model', model, '--replay', given],
  ...['--output-dir', output, '--num-threads', '1'],
];

describe('vda attack --replay', () => {
  test('asks a model that has other names for the classes', async () => {
    const model = writeWholeModel(temporaryFolder());
    const record = makeRecord({
      id: 0,
      status: 'success',
      label: 'yes',
      text: 'a good film',
      adversarialText: 'a film',
    });
    const [given, output] = [attackFolder(temporaryFolder(), [record]), temporaryFolder()];
    const argv = replaying(given, { model, output });
    expect((await vda(...argv)).stderr.replaceAll(/\s+/g, ' ')).toMatch(
      /label "yes" is not one of.*\(--labels\)/,
    );
    const named = [...argv, '--labels', 'no', 'yes', 'perhaps'];
    const unwritten = await vda(...named, '--log-to-csv', join(given, 'results.jsonl', 'log.csv'));
    expect([unwritten.code, unwritten.stderr]).toEqual([1, expect.stringContaining('ENOTDIR')]);
    expect(existsSync(join(output, 'summary.json'))).toBe(true); // the log comes last
    const { code, stderr } = await vda(...named);
    expect(code, stderr).toBe(0);
    expect(recordsOf(output)).toHaveLength(1);
  });

  test('asks another model about the texts of an attack, and the report shows what transferred', async () => {
    const model = writeWholeModel(temporaryFolder());
    const texts = ['a good film', 'the plot is very bad .', 'not a dull scene', 'the cast is awful'];
    const given = attackFolder(
      temporaryFolder(),
      [0, 1, 2, 3].map((id) =>
        makeRecord({
          id,
          status: 'success',
          label: String(id % 2),
          text: texts[id]!,
          adversarialText: `so ${texts[id]}`,
        }),
      ),
    );
    const folder = temporaryFolder();
    const log = join(temporaryFolder(), 'log.csv');
    const argv = replaying(given, { model, output: folder });
    const run = await vda(...argv, '--log-to-csv', log);
    expect(run.code, run.stderr).toBe(0);
    const records = recordsOf(folder);
    for (const { id, status, label, originalPrediction, finalPrediction, adversarialText } of records) {
      expect(adversarialText).toBe(status === 'skipped' ? texts[id] : `so ${texts[id]}`);
      expect(status).toBe(
        originalPrediction !== label ? 'skipped' : finalPrediction !== label ? 'success' : 'failed',
      );
    }
    expect(readFileSync(log, 'utf8').trimEnd().split('\n')).toHaveLength(5);
    const page = readFileSync(join(folder, 'report.html'), 'utf8');
    expect(page).toMatch(/<h2 id="transfer">Transfer<\/h2>/);

    const before = recordsOf(given);
    for (const own of [
      join(given, 'results.jsonl'),
      join(folder, 'results.jsonl'),
      join(folder, 'x/../attack.json'),
    ]) {
      const onto = await vda(...argv.with(4, join(given, 'results.jsonl')), '--log-to-csv', own);
      expect([onto.code, onto.stderr.replaceAll(/\s+/g, ' ')]).toEqual([
        2,
        expect.stringMatching(/--log-to-csv .*(is the file of --replay|is a file of the attack itself)/),
      ]);
    }
    expect([recordsOf(given), recordsOf(folder)]).toEqual([before, records]);

    const again = await vda(...argv);
    expect([again.code, recordsOf(folder)]).toEqual([0, records]);
    const other = await vda(...argv.with(4, writeTexts()));
    expect(other.stderr).toContain('holds the results of another attack');
  });

  test('refuses what a replay does not read, and says what a file of another kind is', async () => {
    const model = writeWholeModel(temporaryFolder());
    const argv = ['attack', '--model', model, '--replay', writeTexts(), '--output-dir', temporaryFolder()];
    const refused = await vda(...argv, '--recipe', 'textfooler', '--num-examples', '3');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/--recipe has no effect with --replay.*--num-examples has no effect/s);
    const csv = join(temporaryFolder(), 'log.csv');
    writeFileSync(csv, 'text,label\na,1\n');
    const log = await vda(...argv.with(4, csv));
    expect(log.stderr.replace(/\s+/g, ' ')).toContain(
      'is no log of TextAttack: it has no column "original_text"',
    );
  });
});

/** Texts as AdvGLUE has them. */
function writeTexts(): string {
  const path = join(temporaryFolder(), 'dev.json');
  writeFileSync(path, JSON.stringify({ sst2: [{ idx: 0, label: 1, sentence: 'a goood film' }] }));
  return path;
}
