/**
 * Load on `vda serve` over loopback: texts a second, latency at the 50th and 99th percentile, and whether an answer was lost or
 * differs from `vda predict`'s.
 *
 *     npm run build
 *     node scripts/ts.mjs bench/serve.ts --model CLASSIFIER [--texts FILE] [--clients 1,8,64] [--requests 10000] \
 *         [--time-limit 300] [--num-threads N]
 *
 * Each number of clients gets a service of its own, warmed by 200 requests that are not counted. A client sends one text a request, the
 * next as soon as it has its answer, on a connection that it keeps. It asks for logits, which must have the bits that predict printed.
 * Bounded in count (--requests for each number of clients) and time (--time-limit, in seconds, for each). The load comes from this
 * process, so it takes its share of the cores. A row for each number of clients; the last line is JSON. Ends with 1 where a request was
 * lost or differs.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { cpus, tmpdir } from 'node:os';
import { join, resolve as resolvePath } from 'node:path';
import { text as bodyOf } from 'node:stream/consumers';
import { parseArgs } from 'node:util';
import { startCli } from '../test/cli/child-cli.ts';

const { values: options } = parseArgs({
  options: {
    model: { type: 'string' },
    texts: { type: 'string', default: 'assets/reviews/train.jsonl' },
    clients: { type: 'string', default: '1,8,64' },
    requests: { type: 'string', default: '10000' },
    'time-limit': { type: 'string', default: '300' },
    'num-threads': { type: 'string' },
  },
});
if (options.model === undefined)
  throw new Error('--model is missing; the head of bench/serve.ts shows the command.');
const { model, texts: file } = options;
const threads = options['num-threads'] === undefined ? [] : ['--num-threads', options['num-threads']];
const [requests, timeLimit] = [Number(options.requests), Number(options['time-limit'])];
const warming = 200;
const main = resolvePath('dist/cli/main.js');

interface Predicted {
  readonly text: string;
  readonly label: string;
  readonly logits: Readonly<Record<string, number>>;
}

/** The label and logits in an answer, or what is wrong with it. */
async function ask(address: string, p: { readonly text: string; readonly agent: Agent }) {
  const body = JSON.stringify({ inputs: [p.text], parameters: { function_to_apply: 'none' } });
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  return new Promise<readonly { readonly label: string; readonly score: number }[]>((resolve, reject) => {
    const asked = request(address, { agent: p.agent, method: 'POST', headers }, (response) => {
      bodyOf(response).then((said) => {
        if (response.statusCode === 200) resolve(JSON.parse(said)[0]);
        else reject(new Error(`${response.statusCode} ${said}`));
      }, reject);
    });
    asked.on('error', reject);
    asked.end(body);
  });
}

async function load(
  address: string,
  p: { readonly clients: number; readonly count: number; readonly expected: readonly Predicted[] },
) {
  const agent = new Agent({ keepAlive: true, maxSockets: p.clients });
  const latencies: number[] = [];
  const problems: string[] = [];
  let [lost, otherLabel, otherBits, next] = [0, 0, 0, 0];
  const started = performance.now();
  const client = async () => {
    for (let i = next++; i < p.count; i = next++) {
      const begun = performance.now();
      if (begun - started > 1000 * timeLimit) return;
      const { text, label, logits } = p.expected[i % p.expected.length]!;
      try {
        const scores = await ask(address, { text, agent });
        latencies.push(performance.now() - begun);
        if (scores[0]?.label !== label) otherLabel++;
        if (scores.some((one) => one.score !== logits[one.label])) otherBits++;
      } catch (thrown) {
        lost++;
        problems.push(String(thrown));
      }
    }
  };
  await Promise.all(Array.from({ length: p.clients }, client));
  const seconds = (performance.now() - started) / 1000;
  agent.destroy();
  const sorted = Float64Array.from(latencies).sort();
  const at = (q: number) => round(sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN);
  return {
    ...{ clients: p.clients, requests: latencies.length + lost, seconds: round(seconds) },
    textsPerSecond: round(latencies.length / seconds),
    ...{ p50: at(0.5), p99: at(0.99), longest: at(1) },
    ...{ lost, otherLabel, otherBits, problems: problems.slice(0, 3) },
  };
}

const round = (value: number): number => Number(value.toPrecision(4));

async function measure(clients: number, expected: readonly Predicted[]) {
  const { child, ended } = startCli(main, ['serve', model, '--port', '0', ...threads]);
  const ready = new Promise<string>((resolve) => child.stdout!.once('data', (line) => resolve(String(line))));
  const address = /^(http\S+) answers/.exec(
    await Promise.race([ready, ended.then(({ stderr }) => stderr)]),
  )?.[1];
  if (address === undefined) throw new Error(`vda serve did not start: ${(await ended).stderr}`);
  await load(address, { clients, count: warming, expected });
  const before = await counted(address);
  const result = await load(address, { clients, count: requests, expected });
  const after = await counted(address);
  child.kill('SIGTERM');
  const { code } = await ended;
  return {
    ...result,
    textsPerBatch: round((after.texts - before.texts) / (after.batches - before.batches)),
    exitCode: code,
  };
}

async function counted(address: string) {
  const metrics = await (await fetch(`${address}/metrics`)).text();
  const value = (name: string) => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(metrics)![1]);
  return { texts: value('vda_batched_texts_total'), batches: value('vda_batches_total') };
}

const scratch = mkdtempSync(join(tmpdir(), 'vda-bench-serve-'));
try {
  const answers = join(scratch, 'answers.jsonl');
  const predict = ['predict', '--model', model, '--test-file', file, '--output-file', answers, ...threads];
  const { code, stderr } = await startCli(main, predict).ended;
  if (code !== 0) throw new Error(`vda predict failed: ${stderr}`);
  const expected = readFileSync(answers, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Predicted);
  const rows = [];
  process.stdout.write(
    'clients  requests  texts/s    p50 ms   p99 ms   texts/batch  lost  other label  other bits\n',
  );
  for (const clients of options.clients.split(',').map(Number)) {
    const row = await measure(clients, expected);
    rows.push(row);
    const cells = [clients, row.requests, row.textsPerSecond, row.p50, row.p99, row.textsPerBatch];
    const faults = [row.lost, row.otherLabel, row.otherBits];
    process.stdout.write(`${[...cells, ...faults].map((cell) => String(cell).padEnd(9)).join('')}\n`);
  }
  const machine = { processor: cpus()[0]?.model.trim(), cores: cpus().length, node: process.version };
  process.stdout.write(`${JSON.stringify({ model, texts: expected.length, ...machine, rows })}\n`);
  const isFaulty = rows.some((row) => row.lost + row.otherLabel + row.otherBits > 0 || row.exitCode !== 0);
  process.exitCode = isFaulty ? 1 : 0;
} finally {
  rmSync(scratch, { recursive: true });
}
