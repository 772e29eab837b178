import { describe, expect, it } from 'vitest';
import type { AttackStatus } from '../../src/attacks/record.ts';
import { whateverDidNotFlip } from '../../src/attacks/robust-endings.ts';
import type { CellResult } from '../../src/experiments/cell-result.ts';
import type { Place } from '../../src/experiments/cells.ts';
import { printedBlocks } from '../../src/experiments/printed-blocks.ts';
import { tableOf } from '../../src/experiments/table.ts';
import { writeCsv } from '../../src/experiments/write-csv.ts';
import { writeLatex } from '../../src/experiments/write-latex.ts';
import { writeMarkdown } from '../../src/experiments/write-markdown.ts';
import { outcomes, toyCell, toyGrid, toyRow } from './toy-cells.ts';

const result = (place: Partial<Place>, statuses: readonly AttackStatus[]): CellResult => ({
  cell: toyCell(place),
  outcomes: outcomes(statuses),
  attack: { preset: 'bert-attack (default)', filters: ['similarity'] },
  epochs: [],
});

const rows = [
  toyRow({ name: 'BERT', group: 'BERT', paper: { MR: { oriAcc: 0.868, attAcc: 0.21 } } }),
  toyRow({ name: 'BERT + VDA', group: 'BERT', note: 'σ = 0.05' }),
  toyRow({ name: '50 % of R&D_1', group: 'odd' }),
];
const grid = toyGrid({ title: 'Table 2', note: 'A small model stands in.', rows });
// Of four texts BERT keeps one with either seed; VDA two with the first, three with the second.
const results = [
  result({ row: 'BERT', seed: 1 }, ['failed', 'success', 'success', 'skipped']),
  result({ row: 'BERT', seed: 2 }, ['failed', 'success', 'success', 'success']),
  result({ row: 'BERT + VDA', seed: 1 }, ['failed', 'failed', 'success', 'success']),
  result({ row: 'BERT + VDA', seed: 2 }, ['failed', 'failed', 'failed', 'success']),
  result({ row: 'BERT + VDA', seed: 1, sweep: { option: 'noise-std', value: 2 } }, ['skipped']),
];
const table = tableOf(grid, results);

describe('tableOf', () => {
  const [bert, vda, odd] = table.lines.map(({ cells }) => cells[0]!);

  it('pools seeds, leaving out what belongs to figures', () => {
    expect(bert!.metrics).toMatchObject({
      seeds: 2,
      examples: 4,
      oriAcc: { value: 7 / 8 },
      attAcc: { value: 2 / 8 },
    });
    expect(vda!.metrics!.attAcc.value).toBe(5 / 8);
    expect(vda!.metrics!.seedDeviation).toBeCloseTo(Math.abs(0.5 - 0.75) / Math.SQRT2, 12);
  });

  it('calls best what has no better in its group, and nothing where all are alike', () => {
    expect([...bert!.best]).toEqual([]);
    expect([...vda!.best]).toEqual(['oriAcc', 'attAcc']); // as many queries and changes everywhere
  });

  it('compares with the first of the group, on what both had right, an example at a time', () => {
    // Pairs: seed 1 on texts 0–2, seed 2 on 0–3. Text 1 is kept by VDA alone twice, text 2 once.
    expect(vda!.comparison).toMatchObject({
      against: 'BERT',
      seeds: 2,
      examples: 4,
      onlyFirst: 0,
      onlySecond: 2,
    });
    expect(vda!.comparison!.difference.value).toBe(3 / 7);
    expect(vda!.comparison!.pValue).toBe(0.5); // 2·2⁻²
    expect(bert!.comparison).toBeUndefined();
  });

  it('says how sure the models are, means over seeds, once every seed says so', () => {
    const sure = (confidence: number, temperature: number | null) => [
      {
        examples: 4,
        confidence,
        accuracy: 0.75,
        ece: confidence - 0.75,
        temperature,
        loss: 1,
        lossAtTemperature: 1,
      },
    ];
    const said = (calibrations: CellResult['attack']['calibrations'], i: number) => ({
      ...results[i]!,
      attack: { ...results[i]!.attack, ...(calibrations && { calibrations }) },
    });
    const some = tableOf(grid, [
      said(sure(0.8, 1), 0),
      said(sure(0.9, 4), 1),
      said(sure(0.9, 4), 2),
      results[3]!,
    ]);
    expect(some.lines.map(({ cells }) => cells[0]!.calibration !== undefined)).toEqual([true, false, false]);
    const { heads, rows: printed } = printedBlocks(some)[0]!.results;
    expect(heads.slice(-3)).toEqual(['Confidence', 'ECE', 'Temperature']);
    // The mean of 80 and 90, of 5 and 15, and the root of 1 · 4.
    expect(printed[0]!.cells.slice(-3).map(({ value }) => value)).toEqual(['85.0', '10.0', '2.00']);
    expect(printed[1]!.cells.slice(-3).map(({ value }) => value)).toEqual(['–', '–', '–']);
    expect(printedBlocks(table)[0]!.results.heads).not.toContain('ECE');
    const none = tableOf(grid, [said(sure(0.8, null), 0)]);
    expect(printedBlocks(none)[0]!.results.rows[0]!.cells.at(-1)!.value).toBe('–');
  });

  it('leaves a place empty as long as nothing is measured', () => {
    expect(odd!.metrics).toBeUndefined();
    expect(printedBlocks(table)[0]!.results.rows[2]!.cells.map(({ value }) => value)).toEqual(
      Array(6).fill('–'),
    );
  });

  it('shows attacks that ended without an answer beside the number of examples, and says what they count as', () => {
    const endings = ['failed', 'out-of-queries', 'nothing-to-change', 'timeout'] as const;
    const shown = tableOf(grid, [result({ row: 'BERT' }, endings)]);
    const [, , , , , examples] = printedBlocks(shown)[0]!.results.rows[0]!.cells;
    expect(examples!.value).toBe('4 (1 cut short, 1 out of queries, 1 with nothing to change)');
    expect(shown.lines[0]!.cells[0]!.metrics!.attAcc.value).toBe(1 / 4);
    expect(shown.notes.join(' ')).toContain('They are not counted as robust');
    expect(table.notes.join(' ')).not.toContain('They are not counted as robust');
    const published = result({ row: 'BERT' }, endings);
    const attack = { ...published.attack, robustEndings: whateverDidNotFlip };
    expect(tableOf(grid, [{ ...published, attack }]).notes[0]).toMatch(
      /counted as robust: failed, out-of-queries, nothing-to-change, error\.$/,
    );
  });

  it('tests no row against one that was attacked otherwise, and says so first', () => {
    const with_ = (more: Partial<CellResult['attack']>, place: Partial<Place>, hash = 'a'): CellResult => {
      const found = result(place, ['failed', 'success']);
      return { ...found, cell: { ...found.cell, attackHash: hash }, attack: { ...found.attack, ...more } };
    };
    const at = (rate: string) => ({ provenance: [{ name: 'max change rate', value: rate }] });
    const cellsOf = (bert: CellResult, vda: CellResult) => {
      const shown = tableOf(grid, [bert, vda]);
      return {
        ...shown,
        comparison: shown.lines[1]!.cells[0]!.comparison,
        best: shown.lines[1]!.cells[0]!.best,
      };
    };
    const bert = { row: 'BERT', seed: 1 };
    const vda = { row: 'BERT + VDA', seed: 1 };
    const unlike = cellsOf(with_(at('0.4'), bert), with_(at('0.1'), vda));
    expect(unlike.comparison).toBeUndefined();
    expect(unlike.warnings).toEqual([
      'Not all rows were attacked alike, and those that were not are not tested against each other. They differ in: max change rate 0.4 (BERT), 0.1 (BERT + VDA).',
    ]);
    expect(unlike.notes[0]).toBe(
      'Not tested: BERT + VDA against BERT, MR: attacked otherwise (max change rate).',
    );
    expect(writeMarkdown(unlike).split('\n')[2]).toMatch(/^> Not all rows were attacked alike/);
    expect(writeLatex(unlike)).toContain('Not all rows were attacked alike');
    const alike = cellsOf(with_(at('0.4'), bert), with_(at('0.4'), vda));
    expect([alike.comparison?.examples, alike.warnings]).toEqual([2, []]);
    // Outcomes stored before settings were: known by their fingerprint, and not against those that say theirs.
    expect(cellsOf(with_({}, bert), with_({}, vda, 'b')).warnings[0]).toContain('fingerprint of the attack');
    expect(cellsOf(with_({}, bert), with_(at('0.4'), vda)).comparison).toBeUndefined();
    const problems = [{ kind: 'one class', remark: 'predictions are nearly all one class' }] as const;
    const constant = cellsOf(with_(at('0.4'), bert), { ...with_({ ...at('0.4'), problems }, vda) });
    expect([constant.comparison, constant.best.size]).toEqual([undefined, 0]);
    expect(constant.warnings).toEqual([
      'BERT + VDA: predictions are nearly all one class. No verdict on it.',
    ]);
  });

  it('holds a row against the one it names', () => {
    const against = [rows[0]!, rows[1]!, toyRow({ name: 'other', against: 'BERT + VDA' })];
    const other = [...results, result({ row: 'other', seed: 1 }, ['success'])];
    const [, , line] = tableOf({ ...grid, rows: against }, other).lines;
    expect(line!.cells[0]!.comparison).toMatchObject({
      against: 'BERT + VDA',
      examples: 1,
      onlyFirst: 1,
      seeds: 1,
    });
  });
});

describe('the table as text', () => {
  it('Markdown', () => {
    expect(
      writeMarkdown(table)
        .replace(/\[[\d., −+]+\]/g, '[…]')
        .split('\n')
        .slice(0, 14),
    ).toEqual([
      '# Table 2',
      '',
      '## MR',
      '',
      '| Method | Ori Acc | Att Acc | Q Num | Perturb | Seeds | Examples |',
      '| :-- | --: | --: | --: | --: | --: | --: |',
      '| BERT | 87.5 […]<br>paper 86.8 (+0.7) | 25.0 […]<br>paper 21.0 (+4.0) | 10.0 […] | 0.0 […] | 2 ± 0.0 | 4 |',
      '| BERT + VDA | **100.0** […] | **62.5** […] | 10.0 […] | 0.0 […] | 2 ± 17.7 | 4 |',
      '| 50 % of R\\&D\\_1 | – | – | – | – | – | – |',
      '',
      'Example by example:',
      '',
      '| Method | Against | Difference | Both right | Kept by it alone | By the other alone | McNemar p | Holm p | Seeds |',
      '| :-- | --: | --: | --: | --: | --: | --: | --: | --: |',
    ]);
    expect(writeMarkdown(table)).toContain(
      '- BERT + VDA: σ = 0.05\n- Attack: bert-attack (default), filters: similarity.',
    );
  });

  it('CSV, a line for each row and data set', () => {
    const [head, first, second, third] = writeCsv(table).split('\r\n');
    expect(first!.split(',')).toHaveLength(head!.split(',').length);
    expect(first).toMatch(/^"BERT","BERT","MR",0\.875,[\d.]+,[\d.]+,0\.868,0\.25,/);
    expect(second).toMatch(/,"BERT",0\.42857142857142855,[\d.]+,[\d.]+,4,2,0,0\.5,0\.5,,,$/);
    expect(third).toBe(`"odd","50 % of R&D_1","MR"${','.repeat(head!.split(',').length - 3)}`);
  });

  it('LaTeX, in the layout of the paper', () => {
    const lines = writeLatex(table).split('\n');
    expect(
      lines.slice(lines.indexOf('\\midrule'), -4).map((line) => line.replace(/\[[^&]+\]/g, '[…]')),
    ).toEqual([
      '\\midrule',
      'BERT & 87.5 & 25.0 & 10.0 & 0.0 \\\\',
      '\\quad{\\scriptsize 95 \\% interval} & {\\scriptsize […]} & {\\scriptsize […]} & {\\scriptsize […]} & {\\scriptsize […]} \\\\',
      '\\quad{\\scriptsize paper} & {\\scriptsize 86.8 (+0.7)} & {\\scriptsize 21.0 (+4.0)} &  &  \\\\',
      'BERT + VDA & \\textbf{100.0} & \\textbf{62.5} & 10.0 & 0.0 \\\\',
      '\\quad{\\scriptsize 95 \\% interval} & {\\scriptsize […]} & {\\scriptsize […]} & {\\scriptsize […]} & {\\scriptsize […]} \\\\',
      '\\midrule',
      '50 \\% of R\\&D\\_1 & – & – & – & – \\\\',
      '\\quad{\\scriptsize 95 \\% interval} &  &  &  &  \\\\',
      '\\bottomrule',
    ]);
    expect(lines.at(-3)).toBe('\\caption{Table 2. A small model stands in. BERT + VDA: $\\sigma$ = 0.05.}');
  });
});
