import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { whateverDidNotFlip } from '../../src/attacks/robust-endings.ts';
import { outcomeOf } from '../../src/evaluation/outcome.ts';
import type { CellResult } from '../../src/experiments/cell-result.ts';
import { outcomesFile, outcomesLine, readOutcomes } from '../../src/experiments/outcomes-file.ts';
import { readCells } from '../../src/experiments/results.ts';
import { runCells } from '../../src/experiments/run-cells.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { fakeRunner, outcomes, records, toyCell } from './toy-cells.ts';

const cells = [toyCell({ seed: 1 }), toyCell({ seed: 2 })];
const store = (output: string, results: readonly CellResult[]) =>
  writeFileSync(join(output, outcomesFile), results.map((one) => `${outcomesLine(one)}\n`).join(''));

describe('outcomes.jsonl', () => {
  it('stands for the folders of its cells: the same results, and nothing is done again', async () => {
    const { asked, perform } = fakeRunner(() => ['failed', 'success', 'skipped', 'timeout']);
    const run = { output: temporaryFolder(), signal: new AbortController().signal, now: () => 0, perform };
    await runCells(cells.slice(0, 1), run);
    const results = readCells(run.output, cells);
    store(run.output, results);
    rmSync(join(run.output, 'cells'), { recursive: true });
    expect(readCells(run.output, cells)).toEqual(results);
    asked.length = 0;
    await runCells(cells, run);
    expect(asked.map((line) => line.split(' ')[0])).toEqual(['train', 'attack']); // of seed 2
    expect(readCells(run.output, cells)).toHaveLength(2);
  });

  it('keeps epochs, and lines of cells that are not asked for', () => {
    const output = temporaryFolder();
    const attack = { preset: 'bert-attack (default)', filters: ['similarity'] };
    const epochs = [{ epoch: 1, outcomes: outcomes(['success']) }];
    const results = cells.map((cell) => ({ cell, attack, epochs, outcomes: outcomes(['failed', 'error']) }));
    store(output, results);
    const stored = readOutcomes(output);
    expect(stored.find(cells[1]!)).toEqual({ attack, epochs, outcomes: results[1]!.outcomes });
    expect(stored.find({ ...cells[1]!, attackHash: 'wider' })).toBeUndefined();
    expect(stored.linesWithout(cells.slice(0, 1))).toEqual([outcomesLine(results[1]!)]);
  });

  it('keeps by which rules, lexica and profile a cell was attacked, and how sure its model is', () => {
    const output = temporaryFolder();
    const attack = {
      ...{ preset: 'pwws (default, strict)', filters: [] },
      provenance: [
        { name: 'profile', value: 'strict' },
        { name: 'inflection version', value: '1' },
        { name: 'transformations lexicon-words content', value: 'e9a847d3e824' },
      ],
      calibrations: [
        {
          examples: 2,
          confidence: 0.9,
          accuracy: 1,
          ece: 0.1,
          temperature: 0,
          loss: 0.1,
          lossAtTemperature: 0,
        },
        {
          examples: 2,
          confidence: 0.9,
          accuracy: 0,
          ece: 0.9,
          temperature: null,
          loss: 2,
          lossAtTemperature: 0.7,
        },
      ],
    };
    store(output, [{ cell: cells[0]!, attack, epochs: [], outcomes: outcomes(['failed']) }]);
    expect(readOutcomes(output).find(cells[0]!)!.attack).toEqual(attack);
  });

  it('keeps the endings that count as robust, and reads lines of before there were others', () => {
    const output = temporaryFolder();
    const attack = { preset: 'bert-attack (official)', filters: [], robustEndings: whateverDidNotFlip };
    const statuses = ['out-of-queries', 'nothing-to-change', 'success'] as const;
    const read = records(statuses).map((record) => outcomeOf(record, whateverDidNotFlip));
    const now = { cell: cells[0]!, attack, epochs: [{ epoch: 1, outcomes: read }], outcomes: read };
    const old = outcomesLine({ ...now, cell: cells[1]!, outcomes: outcomes(['failed', 'timeout']) });
    store(output, [now]);
    writeFileSync(join(output, outcomesFile), `${old.replace(/"robustEndings":[^\]]*\],/, '')}\n`, {
      flag: 'a',
    });
    const stored = readOutcomes(output);
    expect(stored.find(cells[0]!)).toEqual({ attack, epochs: now.epochs, outcomes: read });
    expect(stored.find(cells[1]!)!.outcomes.map(({ robust }) => robust)).toEqual([true, false]);
    expect(stored.find(cells[1]!)!.attack).not.toHaveProperty('robustEndings');
  });

  it('keeps the settings of the attack and what was wrong with the predictions', () => {
    const output = temporaryFolder();
    const attack = {
      ...{ preset: 'bert-attack (default)', filters: [] },
      provenance: [{ name: 'masked LM', value: 'ab12', called: 'minilm' }],
      problems: [{ kind: 'one class', remark: 'predictions are nearly all one class' }],
    } as const;
    store(output, [{ cell: cells[0]!, attack, epochs: [], outcomes: outcomes(['failed']) }]);
    expect(readOutcomes(output).find(cells[0]!)!.attack).toEqual(attack);
  });

  it('says which line it cannot read', () => {
    const output = temporaryFolder();
    store(output, [{ cell: cells[0]!, attack: { preset: '', filters: [] }, epochs: [], outcomes: [] }]);
    writeFileSync(join(output, outcomesFile), '{"train":1}\n', { flag: 'a' });
    expect(() => readOutcomes(output)).toThrow(
      /outcomes\.jsonl, line 2, is not what became of a cell: train: expected a text, got 1 \(and \d more\)\. Remove/,
    );
  });
});
