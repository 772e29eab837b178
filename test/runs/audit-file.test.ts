import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { attackFiles } from '../../src/runs/attack-run.ts';
import { readAnswers, readAudit } from '../../src/runs/audit-file.ts';
import { auditSample } from '../../src/runs/audit-sample.ts';
import { makeRecord } from '../evaluation/make-record.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { attackFolder } from '../report/run-folders.ts';

const records = Array.from({ length: 40 }, (_, id) =>
  makeRecord({ id, status: id % 4 === 3 ? 'failed' : 'success', label: id < 20 ? 'good' : 'bad' }),
);
const root = mkdtempSync(join(tmpdir(), 'vda-test-'));
afterAll(() => rmSync(root, { recursive: true }));
const folder = attackFolder(root, records);
const sample = auditSample(folder, { count: 4, seed: 1 });

describe('auditSample', () => {
  it('draws successes alone, by class, the same again, and a smaller draw as the beginning of a larger', () => {
    expect(sample.records.map(({ status }) => status)).toEqual(['success', 'success', 'success', 'success']);
    expect(sample.records.filter(({ label }) => label === 'good')).toHaveLength(2);
    expect(auditSample(folder, { count: 4, seed: 1 })).toEqual(sample);
    const larger = auditSample(folder, { count: 8, seed: 1 });
    expect(larger.records.slice(0, 4)).toEqual(sample.records);
    expect(auditSample(folder, { count: 4, seed: 2 }).id).not.toBe(sample.id);
    expect(auditSample(folder, { count: 1000, seed: 1 }).records).toHaveLength(30);
  });

  it('refuses folders without an attack, or without a success', () => {
    expect(() => auditSample(temporaryFolder(), { count: 4, seed: 1 })).toThrow('holds no attack');
    const held = attackFolder(temporaryFolder(), [makeRecord({ id: 0, status: 'failed' })]);
    expect(() => auditSample(held, { count: 4, seed: 1 })).toThrow('none of its 1 attacks succeeded');
  });
});

const answersOf = (rater: string, more: Readonly<Record<string, unknown>> = {}) => ({
  format: 'vda audit answers 1',
  attack: sample.attack,
  sample: { id: sample.id, count: 4, seed: 1 },
  rater,
  answers: [{ id: sample.records[0]!.id, meaning: true, label: 'good', natural: 3 }],
  ...more,
});

function written(content: unknown): string {
  const path = join(temporaryFolder(), 'answers.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

describe('readAnswers', () => {
  it('puts the answers of several raters together, by text', () => {
    const second = { id: sample.records[1]!.id, meaning: false, label: null, natural: 1 };
    const audit = readAnswers(folder, [
      written(answersOf('ada')),
      written(answersOf(' ben ', { answers: [...answersOf('').answers, second] })),
    ]);
    expect(audit.examples.map(({ id, answers }) => [id, answers.map(({ rater }) => rater)])).toEqual([
      [sample.records[0]!.id, ['ada', 'ben']],
      [sample.records[1]!.id, ['ben']],
      [sample.records[2]!.id, []],
      [sample.records[3]!.id, []],
    ]);
  });

  it.each([
    ['another attack', { attack: 'y' }, 'answers about another attack (y)'],
    ['another sample', { sample: { id: 'f'.repeat(64), count: 4, seed: 1 } }, 'about another sample (ffff'],
    [
      'a class that is none',
      { answers: [{ ...answersOf('').answers[0], label: 'so-so' }] },
      'the label "so-so"',
    ],
    ['a text not shown', { answers: [{ ...answersOf('').answers[0], id: 999 }] }, 'about example 999'],
    ['a text twice', { answers: [...answersOf('').answers, ...answersOf('').answers] }, 'two answers about'],
    ['no name', { rater: ' ' }, "is not a reader's answers: rater"],
    [
      'naturalness beyond 5',
      { answers: [{ ...answersOf('').answers[0], natural: 6 }] },
      "is not a reader's answers",
    ],
  ])('refuses answers of %s', (_, more, message) => {
    expect(() => readAnswers(folder, [written(answersOf('ada', more))])).toThrow(message);
  });

  it('refuses other files, none, and one rater twice', () => {
    expect(() => readAnswers(folder, [written('text')])).toThrow("is not a reader's answers");
    expect(() => readAnswers(folder, [join(folder, 'none.json')])).toThrow('There is no file');
    const twice = [written(answersOf('ada')), written(answersOf('ada'))];
    expect(() => readAnswers(folder, twice)).toThrow('"ada" has answered in');
  });

  it('refuses answers once the results have changed', () => {
    const other = attackFolder(
      temporaryFolder(),
      records.map((record) => ({ ...record, adversarialText: `${record.adversarialText}!` })),
    );
    expect(() => readAnswers(other, [written(answersOf('ada'))])).toThrow('the results have changed since');
  });
});

describe('readAudit', () => {
  it('is nothing where there is none, and refuses one about another attack', () => {
    expect(readAudit(folder, { attack: 'x' })).toBeUndefined();
    const audit = readAnswers(folder, [written(answersOf('ada'))]);
    const audited = attackFolder(temporaryFolder(), records);
    writeFileSync(join(audited, attackFiles.audit), JSON.stringify(audit));
    expect(readAudit(audited, { attack: sample.attack })).toEqual(audit);
    expect(() => readAudit(audited, { attack: 'other' })).toThrow('is about another attack');
    writeFileSync(join(audited, attackFiles.audit), '{"format":1}');
    expect(() => readAudit(audited, { attack: sample.attack })).toThrow('is not an audit');
  });
});
