import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stateOf } from '../../src/experiments/cell-folder.ts';
import { type Cell, foldersOf, nameOf } from '../../src/experiments/cells.ts';
import { outcomesLine, readOutcomes } from '../../src/experiments/outcomes-file.ts';
import { readCells } from '../../src/experiments/results.ts';
import { type CellRunner, commandsOf, runCells } from '../../src/experiments/run-cells.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { fakeRunner, toyCell, toyState } from './toy-cells.ts';

const cells = [toyCell({ seed: 1 }), toyCell({ seed: 2 }), toyCell({ seed: 3 })];
const [first, second] = cells as [Cell, Cell, Cell];

function runner(p: Partial<CellRunner> & Pick<CellRunner, 'perform'>): CellRunner {
  return { output: temporaryFolder(), signal: new AbortController().signal, now: () => 0, ...p };
}

const stateIn = (output: string, cell: Cell) => stateOf(output, cell, readOutcomes(output));

describe('runCells', () => {
  it('trains and attacks each cell, and does not do it again', async () => {
    const { asked, perform } = fakeRunner();
    const run = runner({ perform });
    expect(await runCells(cells, run)).toEqual([]);
    const { train } = foldersOf(run.output, first);
    expect(asked.slice(0, 2)).toEqual(['train --seed 1', `attack --model ${train}`]);
    expect(asked).toHaveLength(6);
    expect(cells.map((cell) => stateIn(run.output, cell))).toEqual(['done', 'done', 'done']);
    expect(await runCells(cells, run)).toEqual([]);
    expect(asked).toHaveLength(6);
    expect(readCells(run.output, cells).map(({ outcomes }) => outcomes.length)).toEqual([1, 1, 1]);
  });

  it('does only the attack where another attack of the same training is asked for', async () => {
    const { asked, perform } = fakeRunner();
    const run = runner({ perform });
    await runCells([first], run);
    await runCells([{ ...first, attackHash: 'wider' }], run);
    expect(asked.map((line) => line.split(' ')[0])).toEqual(['train', 'attack', 'attack']);
  });

  it('trains the model that a cell attacks before it, once', async () => {
    const { asked, perform } = fakeRunner();
    const run = runner({ perform });
    const ada = toyCell({ row: 'ADA', seed: 9 }, { attacks: first });
    await runCells([ada, first], run);
    const { train } = foldersOf(run.output, first);
    expect(asked).toEqual([
      'train --seed 1',
      `train --seed 9 --ada-model ${train}`,
      `attack --model ${foldersOf(run.output, ada).train}`,
      `attack --model ${train}`,
    ]);
  });

  it('asks texts that ended as errors again, and tells of them as they end then', async () => {
    let works = false;
    const { asked, perform } = fakeRunner(() => [works ? 'failed' : 'error', 'failed']);
    const run = runner({ perform });
    await runCells([first], run);
    expect(stateIn(run.output, first)).toBe('begun');
    const statuses = () => readCells(run.output, [first])[0]!.outcomes.map(({ status }) => status);
    expect(statuses()).toEqual(['error', 'failed']);
    const line = outcomesLine(readCells(run.output, [first])[0]!); // as earlier versions kept it
    writeFileSync(join(run.output, 'outcomes.jsonl'), `${line}\n`);
    works = true;
    await runCells([first], run);
    expect(asked.map((one) => one.split(' ')[0])).toEqual(['train', 'attack', 'attack']);
    expect([stateIn(run.output, first), ...statuses()]).toEqual(['done', 'failed', 'failed']);
  });

  it('goes on past a cell that fails, which the next run tries again', async () => {
    const { asked, perform } = fakeRunner((argv) => {
      if (argv.includes('2')) throw new Error('out of memory');
      return ['failed'];
    });
    const run = runner({ perform });
    const failures = await runCells(cells, run);
    expect(failures.map(({ cell, error }) => `${nameOf(cell.place)}: ${error}`)).toEqual([
      'BERT, MR, seed 2: Error: out of memory',
    ]);
    expect(cells.map((cell) => stateIn(run.output, cell))).toEqual(['done', 'to do', 'done']);
    asked.length = 0;
    await runCells(cells, run);
    expect(asked).toEqual(['train --seed 2']);
  });

  it('stops when interrupted, within a cell and before the next', async () => {
    const controller = new AbortController();
    const reason = new Error('Ctrl-C');
    const { asked, perform } = fakeRunner(() => {
      controller.abort(reason);
      return ['failed'];
    });
    const run = runner({ perform, signal: controller.signal });
    await expect(runCells(cells, run)).rejects.toBe(reason);
    expect(asked).toEqual(['train --seed 1', expect.stringMatching(/^attack/)]);
    const stopping = runner({
      signal: controller.signal,
      perform: () => Promise.reject(new Error('aborted')),
    });
    await expect(runCells(cells, stopping)).rejects.toBe(reason);
  });

  it('goes on from a checkpoint, and anew where there is none', async () => {
    const { asked, perform } = fakeRunner();
    const run = runner({ perform });
    mkdirSync(join(foldersOf(run.output, first).train, 'checkpoint-8'), { recursive: true });
    const state = join(foldersOf(run.output, first).train, 'checkpoint-8/trainer_state.json');
    writeFileSync(state, toyState({ step: 8, epoch: 1 }));
    mkdirSync(foldersOf(run.output, second).train, { recursive: true });
    const left = join(foldersOf(run.output, second).train, 'model.safetensors');
    writeFileSync(left, 'half of it');
    expect(stateIn(run.output, first)).toBe('begun');
    const plan = commandsOf(run.output, first).map(([name, ...argv]) => [name, argv.slice(-1)[0]]);
    expect(plan).toEqual([
      ['train', 'last'],
      ['attack', foldersOf(run.output, first).attack],
    ]);
    await runCells([first, second], run);
    expect(asked.filter((line) => line.startsWith('train'))).toEqual([
      'train --seed 1 --resume-from-checkpoint last',
      'train --seed 2',
    ]);
    expect(existsSync(join(foldersOf(run.output, first).train, 'checkpoint-8'))).toBe(false);
  });

  it('says how long is left once a cell is done', async () => {
    let clock = 0;
    const { perform } = fakeRunner(() => {
      clock += 5000;
      return ['failed'];
    });
    const left: (number | undefined)[] = [];
    const onStart: CellRunner['onStart'] = ({ secondsLeft }) => left.push(secondsLeft);
    const run = runner({ perform, now: () => clock, onStart });
    await runCells(cells, run);
    expect(left).toEqual([undefined, 20, 10]); // 5 s a command, two commands a cell
  });

  it('attacks the model of every whole epoch where curves are asked for', async () => {
    const curved = { ...first, curves: true };
    const { asked, perform } = fakeRunner();
    const run = runner({
      perform: async (argv) => {
        await perform(argv);
        if (argv[0] !== 'train') return;
        for (const [step, epoch] of [
          [4, 1],
          [6, 1.5],
          [8, 2],
        ] as const) {
          const folder = join(foldersOf(run.output, curved).train, `checkpoint-${step}`);
          mkdirSync(folder);
          writeFileSync(join(folder, 'trainer_state.json'), toyState({ step, epoch }));
          writeFileSync(join(folder, 'optimizer.safetensors'), '');
        }
      },
    });
    await runCells([curved], run);
    const { train, attackOn } = foldersOf(run.output, curved);
    expect(asked.slice(2)).toEqual(
      ['checkpoint-4', 'checkpoint-8'].map((name) => `attack --model ${join(train, name)}`),
    );
    expect(existsSync(join(train, 'checkpoint-6'))).toBe(false);
    expect(existsSync(join(train, 'checkpoint-8/optimizer.safetensors'))).toBe(false);
    expect(readCells(run.output, [curved])[0]!.epochs.map(({ epoch }) => epoch)).toEqual([1, 2]);
    rmSync(attackOn('checkpoint-8'), { recursive: true });
    expect(stateIn(run.output, curved)).toBe('begun');
  });
});
