import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { auditSample } from '../../src/runs/audit-sample.ts';
import { makeRecord } from '../evaluation/make-record.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { attackFolder } from '../report/run-folders.ts';
import { memoryIo } from './memory-io.ts';

async function vda(...argv: readonly string[]) {
  const { io, written } = memoryIo();
  return { code: await main(argv, io), ...written };
}

describe('vda audit', () => {
  const root = mkdtempSync(join(tmpdir(), 'vda-test-'));
  afterAll(() => rmSync(root, { recursive: true }));
  const folder = attackFolder(root, [
    ...[0, 1, 2, 3].map((id) => makeRecord({ id, status: 'success' })),
    ...[4, 5, 6, 7].map((id) => makeRecord({ id, status: 'failed' })),
  ]);

  /** What the page would save. */
  function answers(rater: string, accepted: number): string {
    const { id, attack, records } = auditSample(folder, { count: 4, seed: 0 });
    const path = join(temporaryFolder(), `${rater}.json`);
    const said = records.map((record, i) => ({
      id: record.id,
      ...{ meaning: i < accepted, label: 'good', natural: 1 + i },
    }));
    const file = { format: 'vda audit answers 1', attack, sample: { id, count: 4, seed: 0 }, rater };
    writeFileSync(path, JSON.stringify({ ...file, answers: said }));
    return path;
  }

  test('does not write its page over what the attack keeps', async () => {
    const before = readFileSync(join(folder, 'results.jsonl'), 'utf8');
    const onto = await vda('audit', folder, '--output-file', join(folder, 'results.jsonl'));
    expect([onto.code, onto.stderr]).toEqual([2, expect.stringContaining('--output-file')]);
    expect(readFileSync(join(folder, 'results.jsonl'), 'utf8')).toBe(before);
  });

  test('writes a page, reads answers back, and the report shows what follows', async () => {
    const page = await vda('audit', folder, '--sample', '4');
    expect([page.code, page.stdout]).toEqual([0, `4 successes to read: ${join(folder, 'audit.html')}\n`]);
    expect(readFileSync(join(folder, 'audit.html'), 'utf8')).toContain('Which class has the attacked text?');

    const read = await vda('audit', folder, '--answers', answers('ada', 2), answers('ben', 3));
    expect(read.code, read.stderr).toBe(0);
    // Of 4 successes both accept 2, one more is a tie; 4 of 8 held: 4/8 + (1 − 2/4)·4/8.
    expect(read.stdout).toMatch(
      /audited: 2 readers accepted 50\.0 % \[15\.0, 85\.0\] of 4 successes read \(of 4\), naturalness 2\.5 of 5; Krippendorff's alpha: meaning 0\.\d\d, label –, naturalness 1\.00\. Att Acc without successes that readers refuse: 75\.0 % \[/,
    );
    expect(existsSync(join(folder, 'audit.json'))).toBe(true);
    expect(read.stderr).not.toContain('count no longer');

    const output = join(temporaryFolder(), 'out');
    const report = await vda('report', folder, '--output-dir', output);
    expect(report.stdout).toContain('2 readers accepted 50.0 %');
    const html = readFileSync(join(output, 'report.html'), 'utf8');
    expect(html).toMatch(/What readers accept.*4 of 4 successes, 2 readers.*<b>75\.0 %<\/b>/s);
  });

  test('says whose answers it no longer counts', async () => {
    await vda('audit', folder, '--answers', answers('ada', 2), answers('ben', 3));
    const { code, stderr } = await vda('audit', folder, '--answers', answers('ben', 3), answers('cy', 1));
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/had answers of "ada" too.*all readers' files/s),
    ]);
  });

  test('refuses options that would do nothing beside answers', async () => {
    const { code, stderr } = await vda('audit', folder, '--answers', answers('ada', 1), '--seed', '3');
    expect([code, stderr]).toEqual([2, expect.stringContaining('--seed has no effect with --answers')]);
  });
});
