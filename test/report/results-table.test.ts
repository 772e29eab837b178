import { parse } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { type RobustEndings, whateverDidNotFlip } from '../../src/attacks/robust-endings.ts';
import { attackMetrics } from '../../src/evaluation/metrics.ts';
import type { ResultRow } from '../../src/report/result-row.ts';
import { renderTable } from '../../src/report/results-table.ts';
import { makeRecord } from '../evaluation/make-record.ts';

const row = (name: string): ResultRow => ({
  name,
  preset: 'bert-attack (paper)',
  filters: ['similarity ≥ 0.7'],
  metrics: attackMetrics([
    makeRecord({ id: 0, status: 'failed', queries: 12 }),
    makeRecord({ id: 1, status: 'error', queries: 3 }),
  ]),
});

describe('renderTable', () => {
  it('writes Markdown with the names of the paper and the provenance of each row', () => {
    const lines = renderTable([row('vda')], { format: 'markdown' }).split('\n');
    expect(lines[0]).toBe('| Model | Ori Acc | Att Acc | Success | Q Num | Perturb |');
    // Wilson for 1 of 2 is 1/2 ± z·√(1/8 + z²/16)/(1 + z²/2) = [0.0945, 0.9055].
    expect(lines[2]).toContain('| vda | 100.0 % [34.2, 100.0] | 50.0 % [9.5, 90.5] | 0.0 %');
    expect(lines.at(-2)).toBe(
      '- vda: bert-attack (paper); filters: similarity ≥ 0.7; 2 examples; 1 of 2 ended by an error: not counted as robust',
    );
  });

  it('says once how rows were attacked that were attacked alike, a worst case beside them', () => {
    const worst = { ...row('worst case'), preset: 'robust if it survives all', worstOf: ['plain', 'vda'] };
    const notes = (rows: readonly ResultRow[]) =>
      renderTable(rows, { format: 'markdown' })
        .split('\n')
        .filter((line) => line.startsWith('- '))
        .map((line) => line.replace(/; 1 of 2 ended.*/, ''));
    expect(notes([row('plain'), row('vda'), worst])).toEqual([
      '- Attacked by bert-attack (paper); filters: similarity ≥ 0.7.',
      '- plain: 2 examples',
      '- vda: 2 examples',
      '- worst case: robust if it survives all; filters: similarity ≥ 0.7; 2 examples',
    ]);
    const other = { ...row('vda'), filters: [] };
    expect(notes([row('plain'), other])).toEqual([
      '- plain: bert-attack (paper); filters: similarity ≥ 0.7; 2 examples',
      '- vda: bert-attack (paper); no filters; 2 examples',
    ]);
  });

  it('says beneath a row how many attacks ended without an answer, and what they count as', () => {
    const records = (['failed', 'out-of-queries', 'nothing-to-change', 'timeout'] as const).map(
      (status, id) => makeRecord({ id, status }),
    );
    const said = (robustEndings?: RobustEndings) =>
      renderTable([{ ...row('x'), metrics: attackMetrics(records, { robustEndings }) }], { format: 'text' })
        .split('\n')
        .find((line) => line.startsWith('x: '))!
        .replace(/.*4 examples; /, '');
    expect(said()).toBe(
      'nothing could be changed in 1 of 4 texts: not counted as robust; 1 of 4 out of queries: not counted as robust; ' +
        '1 of 4 out of time: not counted as robust',
    );
    expect(said(whateverDidNotFlip)).toBe(
      'nothing could be changed in 1 of 4 texts: counted as robust; 1 of 4 out of queries: counted as robust; ' +
        '1 of 4 out of time: not counted as robust',
    );
    const csv = renderTable([{ ...row('x'), metrics: attackMetrics(records) }], { format: 'csv' });
    expect((parse(csv, { columns: true }) as Record<string, string>[])[0]).toMatchObject({
      'Out of queries': '1',
      'Nothing to change': '1',
      'Counted as robust': 'failed',
    });
  });

  it('says before the table in which settings its rows differ, and whose predictions are nearly one class', () => {
    const attacked = (rate: string) => ({ provenance: [{ name: 'max change rate', value: rate }] });
    const problem = { kind: 'one class', remark: 'predictions are nearly all one class (good …)' } as const;
    const rows = [
      { ...row('plain'), ...attacked('0.4') },
      { ...row('vda'), ...attacked('0.4'), problems: [problem] },
      { ...row('close'), ...attacked('0.1') },
    ];
    const unlike =
      'Not all rows were attacked alike, and those that were not are not tested against each other. They differ in: max change rate 0.4 (plain, vda), 0.1 (close).';
    const constant = 'vda: predictions are nearly all one class (good …). No verdict on it.';
    expect(renderTable(rows, { format: 'text' }).split('\n').slice(0, 4)).toEqual([unlike, '', constant, '']);
    expect(renderTable(rows, { format: 'markdown' }).split('\n').slice(0, 5)).toEqual([
      ...[`> ${unlike}`, '', `> ${constant}`, ''],
      '| Model | Ori Acc | Att Acc | Success | Q Num | Perturb |',
    ]);
    const [first] = parse(renderTable(rows, { format: 'csv' }), { columns: true }) as Record<
      string,
      string
    >[];
    expect(first).toMatchObject({ Settings: 'max change rate 0.4' });
    expect(renderTable(rows.slice(0, 1), { format: 'markdown' })).toMatch(
      /\n- Settings of the attack: max change rate 0\.4\.\n$/,
    );
    expect(renderTable(rows, { format: 'markdown' })).toContain(
      '\n- Settings of the attack on plain, vda: max change rate 0.4.\n',
    );
  });

  it('says that rows were attacked on different devices, which does not set them apart', () => {
    const on = (device: string) => ({ provenance: [{ name: 'device', value: device }] });
    const rows = [
      { ...row('plain'), ...on('cpu') },
      { ...row('vda'), ...on('cuda') },
    ];
    expect(renderTable(rows, { format: 'text' }).split('\n')[0]).toBe(
      'Attacked on different devices, whose answers differ by rounding alone: device cpu (plain), cuda (vda).',
    );
  });

  it('says on a terminal what a reader takes in: three settings that differ, and no list of all', () => {
    const attacked = (value: string) => ({
      provenance: ['a', 'b', 'c', 'd', 'e'].map((name) => ({ name, value })),
    });
    const rows = [
      { ...row('plain'), ...attacked('1') },
      { ...row('vda'), ...attacked('2') },
    ];
    const said = renderTable(rows, { format: 'text' });
    expect(said).toContain(
      'They differ in: a 1 (plain), 2 (vda); b 1 (plain), 2 (vda); c 1 (plain), 2 (vda); and 2 more.',
    );
    expect(said).not.toContain('Settings of the attack');
  });

  it('says once of a model that it is far too sure, whatever the attacks on it', () => {
    const sure = { examples: 4, confidence: 1, accuracy: 0.75, ece: 0.25, loss: 1, lossAtTemperature: 0.5 };
    const rows = ['plain', 'plain, misspelt'].map((name) => ({
      ...row(name),
      calibrations: [{ ...sure, temperature: 45.5 }],
    }));
    const said = renderTable(rows, { format: 'text' }).split('\n');
    expect(said.filter((line) => line.includes('over-confident'))).toEqual([
      expect.stringMatching(/^plain and plain, misspelt: over-confident: .*45\.5/),
    ]);
  });

  it('names the masked LM and the texts behind a row', () => {
    const provenance = [
      { name: 'masked LM', value: 'ab12', called: 'minilm' },
      { name: 'data', value: 'cd34', called: 'test.tsv' },
    ];
    expect(renderTable([{ ...row('vda'), provenance }], { format: 'text' })).toContain(
      '2 examples; 1 of 2 ended by an error: not counted as robust; words by minilm (ab12); texts of test.tsv (cd34)',
    );
  });

  it('keeps hostile names inside their cell in Markdown', () => {
    const table = renderTable([row('a|b<script>\n# x')], { format: 'markdown' });
    expect(table.split('\n')[2]).toMatch(/^\| a\\\|b\\<script\\>\\\\n\\# x \|/);
  });

  it('aligns the columns of the terminal table and shows escapes', () => {
    const lines = renderTable([row('vda'), row('\u001b[31mstandard')], { format: 'text' }).split('\n');
    expect(new Set(lines.slice(0, 4).map((line) => [...line].length)).size).toBe(1);
    expect(lines[3]).toMatch(/^\\u001b\[31mstandard/);
  });

  it('writes CSV that reads back in full precision, unknown numbers empty', () => {
    const unfinished = { ...row('=1+1"'), note: 'unfinished' };
    const [parsed] = parse(renderTable([unfinished], { format: 'csv' }), { columns: true }) as Record<
      string,
      string
    >[];
    expect(parsed).toMatchObject({
      Model: '\'=1+1"',
      'Att Acc': '0.5',
      'Q Num': '12',
      Errors: '1',
      Seeds: '1',
      Note: 'unfinished',
    });
    const empty = renderTable([{ ...row('x'), metrics: attackMetrics([]) }], { format: 'csv' });
    expect(empty.split('\r\n')[1]).toMatch(/^"x",,,,/);
  });
});
