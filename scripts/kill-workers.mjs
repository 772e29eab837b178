/**
 * Does an attack whose worker processes are killed with -9, at random, end like one that was left alone? Runs `vda attack` once
 * to its end, then again and again into other folders while it kills worker processes of it, until so many kills have landed,
 * and compares the records of each (what a clock decides is left out).
 *
 *     npm run build
 *     node scripts/kill-workers.mjs --output-dir runs/kill-workers --kills 100 -- --model runs/vda --test-file test.tsv
 *
 * --kills: how many in all (default 100). --every: milliseconds between two of them, on average (default 250). --seed: of the
 * random numbers. Prints one JSON line; exits with 1 where the records of a run differ, where one ended as an error, or where
 * there were no worker processes to kill.
 */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const split = process.argv.indexOf('--');
const attack = split < 0 ? [] : process.argv.slice(split + 1);
const { values: given } = parseArgs({
  args: process.argv.slice(2, split < 0 ? undefined : split),
  options: {
    'output-dir': { type: 'string' },
    kills: { type: 'string', default: '100' },
    every: { type: 'string', default: '250' },
    seed: { type: 'string', default: '1' },
  },
});
const output = given['output-dir'];
const [kills, every] = [Number(given.kills), Number(given.every)];
if (output === undefined || attack.length === 0 || !(kills > 0) || !(every > 0)) {
  process.stderr.write(
    'usage: node scripts/kill-workers.mjs --output-dir DIR [--kills 100] [--every 250] [--seed 1] -- OPTIONS OF vda attack\n',
  );
  process.exit(2);
}
const cli = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));

/** Numbers in [0, 1), the same for one seed (mulberry32). */
let state = Number(given.seed) >>> 0;
function random() {
  state = (state + 0x6d2b79f5) >>> 0;
  let mixed = Math.imul(state ^ (state >>> 15), state | 1);
  mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
  return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
}

/** The attack into a folder, its worker processes killed while `wanted` are left; says how it ended and how many it was. */
async function run(folder, wanted) {
  const child = spawn(process.execPath, [cli, 'attack', ...attack, '--output-dir', folder], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  let running = true;
  const ended = once(child, 'exit').then(([code]) => {
    running = false;
    return code;
  });
  let killed = 0;
  while (running && killed < wanted) {
    await Promise.race([ended, wait(2 * every * random())]);
    const workers = running ? workersOf(child.pid) : [];
    if (workers.length === 0) continue;
    try {
      process.kill(workers[Math.floor(workers.length * random())], 'SIGKILL');
      killed++;
    } catch {
      // it ended by itself in between
    }
  }
  return { code: await ended, killed };
}

const workersOf = (parent) =>
  execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, of, how]) => of === String(parent) && !how.startsWith('Z'))
    .map(([id]) => Number(id));

const linesOf = (folder) =>
  readFileSync(join(folder, 'results.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.stringify(JSON.parse(line, (key, value) => (key === 'seconds' ? undefined : value))));

const whole = join(output, 'whole');
if ((await run(whole, 0)).code !== 0) process.exit(1);
const expected = linesOf(whole);
let [landed, runs, errors] = [0, 0, 0];
const differ = [];
while (landed < kills) {
  const folder = join(output, `killed-${++runs}`);
  const { code, killed } = await run(folder, kills - landed);
  landed += killed;
  const lines = code === 0 ? linesOf(folder) : [];
  errors += lines.filter((line) => line.includes('"status":"error"')).length;
  if (lines.join('\n') !== expected.join('\n')) differ.push(folder);
  if (killed === 0 || code !== 0) break;
}
process.stdout.write(
  `${JSON.stringify({ kills: landed, runs, examples: expected.length, errors, differ })}\n`,
);
process.exitCode = landed === kills && errors === 0 && differ.length === 0 ? 0 : 1;
