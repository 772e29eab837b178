/**
 * Does a run that is killed with -9 again and again end like one that was left alone? Runs a command of `vda` once to
 * its end, then once more with kills, going on after each, and compares: the model's bytes and the log of a training,
 * the records of an attack (in all, what a clock decides is left out).
 *
 *     npm run build
 *     node scripts/kill-resume.mjs --output-dir runs/kill --kills 3 -- train --model MODEL --train-file train.tsv \
 *       --vda --save-strategy steps --save-steps 20
 *     node scripts/kill-resume.mjs --output-dir runs/kill-attack -- attack --model runs/vda --test-file test.tsv
 *
 * --kills: how many (default 3), spread over the time that the whole run takes. Prints one JSON line; exits with 1 where
 * the two differ, or where a kill came too late.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const split = process.argv.indexOf('--');
const command = split < 0 ? [] : process.argv.slice(split + 1);
const { values: given } = parseArgs({
  args: process.argv.slice(2, split < 0 ? undefined : split),
  options: { 'output-dir': { type: 'string' }, kills: { type: 'string', default: '3' } },
});
if (given['output-dir'] === undefined || command.length === 0) {
  process.stderr.write(
    'usage: node scripts/kill-resume.mjs --output-dir DIR [--kills 3] -- COMMAND OPTIONS\n',
  );
  process.exit(2);
}
const cli = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const [whole, killed] = ['whole', 'killed'].map((name) => join(given['output-dir'], name));

/** Runs the command into a folder, killing it after so many milliseconds; says how it ended. */
async function run(folder, { killAfter } = {}) {
  const begun = existsSync(folder) && readdirSync(folder).some((name) => /^checkpoint-\d+$/.test(name));
  const resume = begun && command[0] !== 'attack' ? ['--resume-from-checkpoint', 'last'] : [];
  const started = performance.now();
  const child = spawn(process.execPath, [cli, ...command, '--output-dir', folder, ...resume], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const timer = killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter);
  const [code, signal] = await once(child, 'exit');
  clearTimeout(timer);
  return { code, signal, ms: performance.now() - started };
}

const clocked = new Set(['examplesPerSecond', 'tokensPerSecond', 'seconds']);
const linesOf = (path) =>
  existsSync(path)
    ? readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) =>
          JSON.stringify(JSON.parse(line, (key, value) => (clocked.has(key) ? undefined : value))),
        )
    : undefined;
const contents = {
  'model.safetensors': (path) => (existsSync(path) ? readFileSync(path).toString('base64') : undefined),
  'metrics.jsonl': (path) => linesOf(path)?.join('\n'),
  'results.jsonl': (path) => linesOf(path)?.sort().join('\n'),
};

const first = await run(whole);
if (first.code !== 0) process.exit(1);
const kills = Number(given.kills);
let landed = 0;
for (let i = 0; i < kills; i++) {
  const { signal } = await run(killed, { killAfter: first.ms / (kills + 1) });
  if (signal === 'SIGKILL') landed++;
}
const last = await run(killed);
const files = Object.keys(contents).filter((name) => existsSync(join(whole, name)));
const differ = files.filter(
  (name) => contents[name](join(whole, name)) !== contents[name](join(killed, name)),
);
process.stdout.write(`${JSON.stringify({ command: command[0], kills: landed, compared: files, differ })}\n`);
process.exitCode = last.code === 0 && landed === kills && files.length > 0 && differ.length === 0 ? 0 : 1;
