import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { VdaError } from '../../src/base/error.ts';

/** Cases of each surface; `npm run fuzz` asks for many. */
export const fuzzRuns = Number(process.env.VDA_FUZZ_RUNS ?? 200);

/** Longest that one case may keep the processor, in milliseconds: the time of the clock is that of a busy machine, too. */
const slowest = 4000;
/** Most bytes that reading small files may add to the process, over all cases of a surface. */
const mostMemory = 768 * 2 ** 20;
/** Most characters of a message, its paths aside: about a screen. */
const longestMessage = 600;

/** A folder of this file's own, gone at its end. */
export function fuzzFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'vda-fuzz-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface Surface<T> {
  readonly cases: fc.Arbitrary<T>;
  /** Reads the case; may do more with what it reads. Gives the path that an error must name. */
  readonly read: (one: T) => unknown;
  /** Paths of which an error must name one. */
  readonly paths: readonly string[];
  /** Share of the cases that is run, where each costs several flushes of the disk. Default 1. */
  readonly share?: number;
}

/**
 * Holds for every case: it is read, or refused by a `VdaError` whose message names the file, is at most about a screen
 * long and bears no mark of a stack or of a schema; in bounded time and memory.
 */
export function fuzz<T>(title: string, surface: Surface<T>): void {
  const longest = 60_000 + 100 * fuzzRuns;
  it(
    title,
    async () => {
      const watcher = watch(title);
      try {
        await holdsFor(surface, watcher.beat);
      } finally {
        await watcher.stop();
      }
    },
    longest,
  );
}

/** Ends the process where a case does not end: the reader has the only thread that could say so. */
function watch(title: string): { readonly beat: () => void; readonly stop: () => unknown } {
  const beats = new Int32Array(new SharedArrayBuffer(4));
  const code = `const { workerData: { beats, title } } = require('node:worker_threads');
    let last = -1;
    setInterval(() => {
      if (beats[0] === last) {
        require('node:fs').writeSync(2, title + ': case ' + last + ' does not end\\n');
        process.kill(process.pid, 'SIGKILL');
      }
      last = beats[0];
    }, 60_000);`;
  const worker = new Worker(code, { eval: true, workerData: { beats, title } });
  worker.unref();
  return { beat: () => void Atomics.add(beats, 0, 1), stop: () => worker.terminate() };
}

async function holdsFor<T>({ cases, read, paths, share = 1 }: Surface<T>, beat: () => void): Promise<void> {
  const before = process.resourceUsage().maxRSS;
  let ended = 0;
  let good = 0;
  await fc.assert(
    fc.asyncProperty(cases, async (one) => {
      const start = process.cpuUsage();
      beat();
      try {
        await read(one);
        good++;
      } catch (thrown) {
        expectRefusal(thrown, paths);
      }
      ended++;
      const { user, system } = process.cpuUsage(start);
      expect((user + system) / 1000).toBeLessThan(slowest);
    }),
    { numRuns: Math.ceil(share * fuzzRuns) },
  );
  // Else nothing behind the first check was reached.
  if (ended >= 200) expect(good).toBeGreaterThan(0);
  expect((process.resourceUsage().maxRSS - before) * 1024).toBeLessThan(mostMemory);
}

/** Checks what a reader threw. */
export function expectRefusal(thrown: unknown, paths: readonly string[]): void {
  if (!(thrown instanceof VdaError)) throw thrown;
  const { message, code } = thrown;
  expect(code, message).not.toBe('internal');
  expect(
    paths.some((path) => message.includes(path)),
    `names none of ${paths.map((path) => basename(path)).join(', ')}: ${message}`,
  ).toBe(true);
  const rest = paths.reduce((text, path) => text.replaceAll(path, ''), message);
  expect(rest.length, message.slice(0, 2000)).toBeLessThanOrEqual(longestMessage);
  expect(message).not.toMatch(
    /✖|→ at|\n {4}at |Invalid input|Unrecognized key|Invalid option|too (small|big): /i,
  );
  expect(message).not.toMatch(
    /Maximum call stack|Cannot read propert|is not a function|is not iterable|\[object/,
  );
  expect(message).not.toMatch(/undefined|NaN bytes/);
}
