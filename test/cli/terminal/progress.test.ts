import { describe, expect, test } from 'vitest';
import { createProgress } from '../../../src/cli/terminal/progress.ts';
import { memoryIo } from '../memory-io.ts';

/** A terminal whose screen is kept as a list of rows: knows \r, \n, cursor up, erase below, and folding. */
function terminal(columns: number) {
  const screen = { rows: [''], row: 0, column: 0, columns };
  const write = (text: string) => {
    for (const [part] of text.matchAll(/\p{Cc}\[\d*[AJ]|[\s\S]/gu)) {
      const up = /\[(\d+)A$/.exec(part);
      if (up) screen.row -= Number(up[1]);
      else if (part === '\x1b[J')
        screen.rows.splice(screen.row, Infinity, screen.rows[screen.row]!.slice(0, screen.column));
      else if (part === '\r') screen.column = 0;
      else if (part === '\n' || screen.column === screen.columns) {
        screen.row++;
        screen.column = 0;
        screen.rows[screen.row] ??= '';
      }
      if (part.length === 1 && part >= ' ') {
        const row = screen.rows[screen.row]!;
        screen.rows[screen.row] = row.slice(0, screen.column) + part + row.slice(screen.column + 1);
        screen.column++;
      }
    }
  };
  /** Narrows the window: rows are folded anew and the cursor goes with its text, as terminals do. */
  const resize = (narrower: number) => {
    const fold = (row: string) => row.match(new RegExp(`.{1,${narrower}}`, 'g')) ?? [''];
    const before = screen.rows.slice(0, screen.row).flatMap(fold).length;
    const here = fold(screen.rows[screen.row]!);
    screen.rows = [...screen.rows.slice(0, screen.row).flatMap(fold), ...here];
    screen.row = before + here.length - 1;
    screen.column = here.at(-1)!.length;
    screen.columns = narrower;
  };
  const stream = {
    write,
    isTTY: true,
    get columns() {
      return screen.columns;
    },
  };
  return { screen, stream, resize };
}

describe('createProgress on a terminal', () => {
  test('draws bar, rate, time left and fields in place', () => {
    const { screen, stream } = terminal(100);
    const { io, clock } = memoryIo({ stderr: stream });
    const progress = createProgress(io, { label: 'train', total: 400 });
    clock.ms = 10_000;
    progress.update(100, { loss: 0.51234567, acc: 0.9 });
    // 100 in 10 s: 10 a second, 300 left take 30 s; a quarter of the bar of 30 is 8 (7.5 rounded).
    const bar = `[${'#'.repeat(8)}${'-'.repeat(22)}]`;
    expect(screen.rows).toEqual([`train ${bar}  25%  100/400  10.0 it/s  left 0:30  loss 0.5123  acc 0.9`]);
    clock.ms = 40_000;
    progress.update(400);
    progress.finish();
    expect(screen.rows[0]).toMatch(/^train \[#+\] 100% {2}400\/400 {2}10\.0 it\/s {2}took 0:40 {2}loss/);
    expect(screen.rows.slice(1)).toEqual(['']);
  });

  test('redraws at most ten times a second', () => {
    let writes = 0;
    const { io, clock } = memoryIo({ stderr: { write: () => writes++, isTTY: true, columns: 80 } });
    const progress = createProgress(io, { label: 'x', total: 1000 });
    for (; clock.ms < 1000; clock.ms++) progress.update(clock.ms);
    expect(writes).toBe(10);
  });

  test('credits a resumed job only with its own work', () => {
    const { screen, stream } = terminal(80);
    const { io, clock } = memoryIo({ stderr: stream });
    const progress = createProgress(io, { label: 'train', total: 200, from: 100, unit: 'step' });
    clock.ms = 10_000;
    progress.update(110);
    expect(screen.rows[0]).toContain('1.00 step/s  left 1:30');
  });

  test('goes by the time limit where that is nearer than the last item', () => {
    const { screen, stream } = terminal(80);
    const { io, clock } = memoryIo({ stderr: stream });
    const progress = createProgress(io, { label: 'train', total: 1000, unit: 'step', timeLimit: 40 });
    clock.ms = 10_000;
    progress.update(100); // at this pace 90 s to go, but the limit ends it in 30 s
    expect(screen.rows[0]).toMatch(/ 25% {2}100\/1000 {2}10\.0 step\/s {2}left 0:30$/);
    clock.ms = 20_000;
    progress.update(900); // 100 steps left at 45 a second
    expect(screen.rows[0]).toMatch(/ 90% {2}900\/1000 {2}45\.0 step\/s {2}left 0:02$/);
  });

  test('says how long a job took that ended before its last item', () => {
    const { io, written, clock } = memoryIo();
    const progress = createProgress(io, { label: 'train', total: 10, timeLimit: 5 });
    clock.ms = 5500;
    progress.update(5);
    progress.finish();
    expect(written.stderr.trimEnd().split('\n')).toEqual([
      'train  100%  5/10  1.10 s/it  left 0:00',
      'train  100%  5/10  1.10 s/it  took 0:05',
    ]);
  });

  test('leaves no rest of a line that a narrower window has folded', () => {
    const { screen, stream, resize } = terminal(100);
    const { io, clock } = memoryIo({ stderr: stream });
    const progress = createProgress(io, { label: 'train', total: 10 });
    progress.update(1);
    resize(30);
    expect(screen.rows.length).toBeGreaterThan(1);
    clock.ms = 1000;
    progress.update(2);
    expect(screen.rows).toHaveLength(1);
    expect(screen.rows[0]!.length).toBeLessThan(30);
  });

  test('prints log lines above the bar, cleaned of escapes', () => {
    const { screen, stream } = terminal(60);
    const { io } = memoryIo({ stderr: stream });
    const progress = createProgress(io, { label: 'train', total: 10 });
    progress.update(1);
    progress.log('saved \x1b[2Jcheckpoint');
    expect(screen.rows[0]).toBe('saved \\u001b[2Jcheckpoint');
    expect(screen.rows[1]).toMatch(/^train .*10% {2}1\/10/);
  });

  test('shows no bar nor time left where the total is unknown', () => {
    const { screen, stream } = terminal(60);
    const { io, clock } = memoryIo({ stderr: stream });
    const progress = createProgress(io, { label: 'read', total: 0 });
    clock.ms = 2000;
    progress.update(10);
    expect(screen.rows).toEqual(['read  10  5.00 it/s  took 0:02']);
  });
});

describe('createProgress elsewhere', () => {
  test('prints plain lines, one each 5 % but never two within 2 s', () => {
    const { io, written, clock } = memoryIo();
    const progress = createProgress(io, { label: 'attack', total: 100 });
    for (let done = 1; done <= 100; done++) {
      clock.ms = done * 100; // 10 s in all: 5 % is 0.5 s, so the 2 s decide
      progress.update(done);
    }
    progress.finish();
    const lines = written.stderr.trimEnd().split('\n');
    expect(lines).toHaveLength(5);
    expect(lines[0]).toBe('attack  20%  20/100  10.0 it/s  left 0:08');
    expect(lines[4]).toBe('attack  100%  100/100  10.0 it/s  took 0:10');
    expect(written.stderr).not.toMatch(/[^\n\P{Cc}]/u);
  });

  test('prints one each 30 s where 5 % takes longer', () => {
    const { io, written, clock } = memoryIo();
    const progress = createProgress(io, { label: 'train', total: 1_000_000 });
    for (; clock.ms <= 90_000; clock.ms += 1000) progress.update(clock.ms / 1000);
    expect(written.stderr.trimEnd().split('\n')).toHaveLength(3);
  });

  test('finish prints the last state even of a job too short for a line', () => {
    const { io, written } = memoryIo({ env: { TERM: 'dumb' } });
    const progress = createProgress(io, { label: 'x', total: 2 });
    progress.update(2);
    progress.finish();
    expect(written.stderr).toBe('x  100%  2/2  -- it/s  took 0:00\n');
  });
});
