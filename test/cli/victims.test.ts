import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { AttackRecord } from '../../src/attacks/record.ts';
import { main } from '../../src/cli/main.ts';
import type { Io } from '../../src/cli/terminal/io.ts';
import { exportOnnx } from '../../src/inference/export-onnx.ts';
import { loadClassifier } from '../../src/pretrained/load-classifier.ts';
import { hash } from '../attacks/toys.ts';
import { writeWholeModel } from '../inference/whole-model.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { type Asked, type Reply, startServer } from '../runs/victims/scripted-server.ts';
import { bundleCli, startCli } from './child-cli.ts';
import { memoryIo } from './memory-io.ts';

const texts = [
  'a good film',
  'the plot is very bad .',
  'so sad , but the score was fine',
  'not a dull scene',
  'the cast is awful',
  'it was nice and this joke is great',
];

/** Texts labelled by the toy service, so that all are worth attacking. */
function writeTexts(labelOf: (text: string) => string): string {
  const file = join(temporaryFolder(), 'test.jsonl');
  writeFileSync(file, texts.map((text) => `${JSON.stringify({ text, label: labelOf(text) })}\n`).join(''));
  return file;
}

/** A bag of words: what the toy service says of a text. */
const scoreOf = (text: string): number =>
  1 / (1 + Math.exp(-text.split(' ').reduce((sum, word) => sum + (hash(word, 5) % 9) - 4, 0) / 8));
const toy = (text: string) => ({ neg: 1 - scoreOf(text), pos: scoreOf(text) });
const toyFile = () => writeTexts((text) => (scoreOf(text) > 0.5 ? 'pos' : 'neg'));
const textOf = ({ body }: Asked) => (body as { text: string }).text;

function event() {
  let happen = () => {};
  const happened = new Promise<void>((resolve) => {
    happen = resolve;
  });
  return { happened, happen: () => happen() };
}

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0)) await close();
});

async function serve(reply: (asked: Asked, request: number) => Reply) {
  const server = await startServer(reply);
  open.push(server.close);
  return server;
}

async function run(argv: readonly string[], overrides: Partial<Io> = {}) {
  const { io, written } = memoryIo(overrides);
  return { code: await main(argv, io), ...written, stderr: written.stderr.replaceAll(/\s+/g, ' ') };
}

const attackArguments = (victim: string, p: { readonly file: string; readonly folder: string }) => [
  ...['attack', '--victim', victim, '--recipe', 'deepwordbug'],
  ...['--test-file', p.file, '--output-dir', p.folder],
];

const recordsOf = (folder: string): AttackRecord[] =>
  readFileSync(join(folder, 'results.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
    .sort((a, b) => a.id - b.id);
const timeless = (folder: string) => recordsOf(folder).map((record) => ({ ...record, seconds: 0 }));

describe('vda serve and vda attack --victim', () => {
  test('are each other’s victim in every contract, and an ONNX file is the same one', async () => {
    const model = writeWholeModel(temporaryFolder());
    mkdirSync(join(model, 'onnx'));
    writeFileSync(join(model, 'onnx/model.onnx'), exportOnnx(await loadClassifier(model)));
    const controller = new AbortController();
    let address = '';
    const ready = event();
    const stdout = {
      write: (line: string) => {
        address = /^(http\S+) answers/.exec(line)![1]!;
        ready.happen();
      },
    };
    const { io } = memoryIo({ signal: controller.signal, stdout });
    const serving = main(['serve', model, '--port', '0', '--num-threads', '1'], io);
    await ready.happened;

    const file = writeTexts((text) => String(text.length % 2));
    const attacked = async (victim: readonly string[]) => {
      const folder = temporaryFolder();
      const rest = ['--recipe', 'deepwordbug', '--test-file', file, '--output-dir', folder];
      const { code, stderr } = await run(['attack', ...victim, ...rest]);
      expect(code, stderr).toBe(0);
      return recordsOf(folder).map(({ status, adversarialText, queries, finalPrediction }) => ({
        ...{ status, adversarialText, queries, finalPrediction },
      }));
    };
    const own = await attacked(['--model', model]);
    expect(own.some(({ status }) => status === 'success' || status === 'failed')).toBe(true);
    expect(await attacked(['--victim', `textattack:${address}/`, '--victim-batch', '8'])).toEqual(own);
    expect(await attacked(['--victim', `hf:${address}/`])).toEqual(own);
    expect(await attacked(['--victim', `tei:${address}/predict`, '--victim-scores', 'logits'])).toEqual(own);
    expect(await attacked(['--victim', `onnx:${join(model, 'onnx/model.onnx')}`])).toEqual(own);

    const post = (body: string, headers = { 'content-type': 'application/json' }, path = '/') =>
      fetch(`${address}${path}`, { method: 'POST', body, headers });
    expect((await post('{')).status).toBe(400);
    expect((await post('{}')).status).toBe(400);
    expect((await post('{"text": "a"}', { 'content-type': 'text/plain' })).status).toBe(415);
    expect((await post(`{"text": "${'a'.repeat(2 ** 22)}"}`)).status).toBe(413);
    expect((await post('{}', undefined, '/other')).status).toBe(404);
    expect((await fetch(address, { method: 'PUT' })).status).toBe(405);
    expect(await (await fetch(address)).json()).toMatchObject({ labels: expect.any(Array) });

    controller.abort(new Error('interrupted'));
    expect(await serving).toBe(0);
    await expect(fetch(address)).rejects.toThrow();
  }, 60_000);
});

describe('vda eval --victim and vda predict --victim', () => {
  test('answer as the service does, and eval asks nothing twice where it has a folder', async () => {
    const file = toyFile();
    const server = await serve((asked) => ({ body: toy(textOf(asked)) }));
    const victim = ['--victim', `textattack:${server.url}`];
    const folder = temporaryFolder();
    const evaluated = ['eval', ...victim, '--test-file', file, '--output-dir', folder];
    const first = await run(evaluated);
    expect(first.code, first.stderr).toBe(0);
    expect(first.stdout).toMatch(/^Accuracy {2}100\.0 % /); // the file has the service's own labels
    expect(first.stdout).toMatch(/Loss {6}\d/);
    const asked = server.asked.length;
    expect((await run(evaluated)).stdout).toBe(first.stdout);
    expect(server.asked).toHaveLength(asked);

    const predicted = await run(['predict', ...texts, ...victim]);
    expect(predicted.code, predicted.stderr).toBe(0);
    const lines = predicted.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ text }) => text)).toEqual(texts);
    for (const { text, probabilities, logits } of lines) {
      expect(probabilities.pos).toBeCloseTo(toy(text).pos, 12);
      expect(Math.exp(logits.pos)).toBeCloseTo(probabilities.pos, 12);
    }
  });

  test('of a victim that answers decisions give the label alone', async () => {
    const path = join(temporaryFolder(), 'victim.mjs');
    writeFileSync(
      path,
      "export const predict = (texts) => texts.map((text) => (text.length > 15 ? 'long' : 'short'));\n",
    );
    const victim = [
      ...['--victim', `module:${path}`, '--victim-scores', 'decisions', '--victim-labels', 'short', 'long'],
    ];
    const { stdout } = await run(['predict', 'a good film', 'not at all a dull scene', ...victim]);
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual([
      { text: 'a good film', label: 'short' },
      { text: 'not at all a dull scene', label: 'long' },
    ]);
    const file = writeTexts((text) => (text.length > 15 ? 'long' : 'short'));
    const evaluated = await run(['eval', '--test-file', file, ...victim]);
    expect(evaluated.stdout).toMatch(/^Accuracy {2}100\.0 % /);
    expect(evaluated.stdout).not.toMatch(/Loss|Confidence/);
  });

  test('take one of model and victim, and no option that the victim does not read', async () => {
    const neither = await run(['eval', '--test-file', 'x.tsv']);
    expect([neither.code, neither.stderr]).toEqual([2, expect.stringContaining('--model is required')]);
    const both = await run(['predict', 'a', '--model', 'm', '--victim', 'onnx:m.onnx']);
    expect(both.stderr).toContain('--model and --victim exclude each other');
    const idle = await run(['eval', '--model', 'm', '--test-file', 'x.tsv', '--victim-rate', '3']);
    expect(idle.stderr).toContain('--victim-rate has no effect without --victim');
  });
});

describe('a victim that fails', () => {
  test('for good stops the attack; what was done stays, and the same command goes on with it', async () => {
    const file = toyFile();
    let isDown = true;
    const server = await serve((asked, request) =>
      isDown && request > 20 ? { status: 503 } : { body: toy(textOf(asked)) },
    );
    const folder = temporaryFolder();
    const argv = [...attackArguments(`textattack:${server.url}`, { file, folder }), '--victim-attempts', '1'];
    const stopped = await run([...argv, '--victim-concurrency', '1']);
    expect(stopped.code).toBe(1);
    expect(stopped.stderr).toMatch(/could not be asked: 503 Service Unavailable, once\./);
    expect(stopped.stderr).toMatch(
      /Stopped after \d of 6 examples, all kept\. The same command goes on: vda attack/,
    );
    const kept = existsSync(join(folder, 'results.jsonl'))
      ? readFileSync(join(folder, 'results.jsonl'), 'utf8')
      : '';
    expect(kept).not.toContain('"error"');

    isDown = false;
    const before = server.asked.slice(0, 20).map(textOf);
    const resumed = await run([...argv, '--victim-concurrency', '1']);
    expect(resumed.code, resumed.stderr).toBe(0);
    const after = server.asked.slice(21).map(textOf);
    expect(after.filter((text) => before.includes(text))).toEqual([]);
    const whole = temporaryFolder();
    expect((await run(attackArguments(`textattack:${server.url}`, { file, folder: whole }))).code).toBe(0);
    expect(timeless(folder)).toEqual(timeless(whole));
  });

  test('for a moment can be interrupted in the pause: nothing is an error, and the same command goes on', async () => {
    const file = toyFile();
    let isDown = true;
    const server = await serve((asked, request) =>
      isDown && request > 20 ? { status: 503 } : { body: toy(textOf(asked)) },
    );
    const folder = temporaryFolder();
    const argv = attackArguments(`textattack:${server.url}`, { file, folder });
    const controller = new AbortController();
    let said = '';
    const stderr = {
      write: (text: string) => {
        said += text;
        if (text.includes('Paused')) controller.abort(new Error('interrupted'));
      },
    };
    expect((await run(argv, { stderr, signal: controller.signal })).code).toBe(1);
    expect(said).toMatch(/Stopped after \d of 6 examples, all kept\. The same command goes on/);
    expect(readFileSync(join(folder, 'results.jsonl'), 'utf8')).not.toContain('"error"');
    isDown = false;
    const { code, stderr: rest } = await run(argv);
    expect(code, rest).toBe(0);
    const whole = temporaryFolder();
    expect((await run(attackArguments(`textattack:${server.url}`, { file, folder: whole }))).code).toBe(0);
    expect(timeless(folder)).toEqual(timeless(whole));
  });

  test('at one text ends that example as an error, which is not robust, and is asked again', async () => {
    const file = toyFile();
    const folder = temporaryFolder();
    const path = join(temporaryFolder(), 'victim.mjs');
    writeFileSync(
      path,
      `export const labels = ['neg', 'pos'];
       export const predict = (texts) => texts.map((text) => {
         if (/^not a/.test(text)) throw new Error('negation unknown');
         return [0.9, 0.1];
       });`,
    );
    const { code, stderr, stdout } = await run(attackArguments(`module:${path}`, { file, folder }));
    expect(code, stderr).toBe(0);
    const errors = recordsOf(folder).filter(({ status }) => status === 'error');
    expect(errors.map(({ text }) => text)).toEqual(['not a dull scene']);
    expect(errors[0]!.message).toContain('threw: negation unknown');
    expect(stdout).toMatch(/error/);
  });

  test('with garbage stops at once', async () => {
    const file = toyFile();
    const server = await serve((_, request) =>
      request < 10 ? { body: { neg: 0.4, pos: 0.6 } } : { body: 'oops' },
    );
    const folder = temporaryFolder();
    const { code, stderr } = await run(attackArguments(`textattack:${server.url}`, { file, folder }));
    expect(code).toBe(1);
    expect(stderr).toMatch(/answered what is no JSON.*It begins: oops/);
  });

  test('names no labels, or fewer than two', async () => {
    const file = toyFile();
    const server = await serve(() => ({ body: [{ label: 'pos', score: 0.9 }] }));
    const folder = temporaryFolder();
    const { code, stderr } = await run(attackArguments(`hf:${server.url}`, { file, folder }));
    expect(code).toBe(2);
    expect(stderr).toMatch(/named one label, "pos"; expected two at least.*--victim-scores.*--victim-labels/);
  });
});

test('a service is asked about given adversarial texts, without scores if need be', async () => {
  const file = toyFile();
  const server = await serve((asked) => ({ body: toy(textOf(asked)) }));
  const [folder, replayed] = [temporaryFolder(), temporaryFolder()];
  const victim = ['--victim', `textattack:${server.url}`];
  expect((await run(attackArguments(victim[1]!, { file, folder }))).code).toBe(0);
  const decisions = ['--victim-scores', 'decisions', '--victim-labels', 'neg', 'pos'];
  const again = ['--replay', join(folder, 'results.jsonl'), '--output-dir', replayed];
  const { code, stderr } = await run(['attack', ...victim, ...decisions, ...again]);
  expect(code, stderr).toBe(0);
  const flipped = (records: readonly AttackRecord[]) =>
    records.filter(({ status }) => status === 'success').map(({ adversarialText }) => adversarialText);
  expect(flipped(recordsOf(folder)).length).toBeGreaterThan(0);
  expect(flipped(recordsOf(replayed))).toEqual(flipped(recordsOf(folder)));
});

describe('--votes', () => {
  test('asks each text so many times, and the record says in how many fresh draws a success held', async () => {
    const file = toyFile();
    const server = await serve((asked) => ({ body: toy(textOf(asked)) }));
    const folder = temporaryFolder();
    const { code, stderr } = await run([
      ...attackArguments(`textattack:${server.url}`, { file, folder }),
      ...['--votes', '3', '--victim-concurrency', '8'],
    ]);
    expect(code, stderr).toBe(0);
    const flipped = recordsOf(folder).filter(({ status }) => status === 'success');
    expect(flipped.length).toBeGreaterThan(0);
    for (const { confirmed } of flipped) expect(confirmed).toEqual({ held: 10, of: 10 });
    const clean = server.asked.filter((asked) => textOf(asked) === texts[0]);
    expect(clean.length).toBe(3);
    expect((await run(attackArguments(`textattack:${server.url}`, { file, folder }))).stderr).toMatch(
      /another attack|differ/,
    );
  });
});

describe('--smoothing', () => {
  test('asks copies with hidden words, and the record says in how many fresh sets of them a success held', async () => {
    const file = toyFile();
    const server = await serve((asked) => ({ body: toy(textOf(asked)) }));
    const folder = temporaryFolder();
    const smoothing = ['--smoothing', 'mask', '--smoothing-rate', '0.2', '--votes', '4'];
    const argv = [...attackArguments(`textattack:${server.url}`, { file, folder }), ...smoothing];
    const { code, stderr } = await run([...argv, '--victim-concurrency', '8']);
    expect(code, stderr).toBe(0);
    expect(server.asked.some((asked) => textOf(asked).includes('[MASK]'))).toBe(true);
    for (const { status, confirmed } of recordsOf(folder)) {
      if (status === 'success') expect(confirmed!.held).toBeGreaterThan(5);
      else expect(confirmed).toBeUndefined();
    }
    const other = [...argv, '--smoothing-seed', '5'];
    expect((await run(other)).stderr).toMatch(/another attack|differ/);
  });
});

describe('the options', () => {
  const at = { file: 'test.tsv', folder: 'out' };
  const address = 'http://localhost:1/';
  test.each([
    [['attack', '--test-file', 'a', '--output-dir', 'b'], /--model is required.*--victim/],
    [[...attackArguments(`hf:${address}`, at), '--model', 'm'], /--model and --victim exclude each other/],
    [attackArguments(address, at), /say what the service speaks, such as textattack:http/],
    [attackArguments('hff:x', at), /expected one of onnx, module, .*Did you mean hf\?/],
    [attackArguments('hf:', at), /what stands after hf: is missing/],
    [
      [...attackArguments('onnx:a.onnx', at), '--victim-token', 'T'],
      /--victim-token has no effect on victims of the kind onnx/,
    ],
    [
      ['attack', '--model', 'm', '--test-file', 'a', '--output-dir', 'b', '--max-requests', '3'],
      /--max-requests has no effect without --victim/,
    ],
    [attackArguments(`chat:${address}`, at), /--victim-labels is required: the words/],
    [
      [...attackArguments(`hf:${address}`, at), '--victim-scores', 'decisions'],
      /--victim-labels is required where/,
    ],
    [
      [...attackArguments(`chat:${address}`, at), '--victim-labels', 'a', 'b', '--victim-batch', '2'],
      /takes 1 text in a request at most/,
    ],
    [
      [...attackArguments(`chat:${address}`, at), '--victim-labels', 'a', 'b', '--victim-scores', 'logits'],
      /the kind chat give probabilities or decisions/,
    ],
    [attackArguments('hf:http://me:sesame@localhost/', at), /comes with a user or password/],
  ])('%j', async (argv, message) => {
    const { code, stderr } = await run(argv);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain('sesame');
  });

  test('never show a token, given by mistake or missing in the environment', async () => {
    for (const token of ['hf_topsecret', 'TOPSECRET']) {
      const argv = [...attackArguments(`hf:${address}`, at), '--victim-token', token];
      const { code, stderr } = await run(argv);
      expect(code).toBe(2);
      expect(stderr.toLowerCase()).toMatch(/--victim-token.*environment variable/);
      expect(stderr.toLowerCase()).not.toContain('topsecret');
    }
  });

  test('take the token from the environment, and write it nowhere', async () => {
    const server = await serve((asked) => ({ body: toy(textOf(asked)) }));
    const folder = temporaryFolder();
    const argv = [
      ...attackArguments(`textattack:${server.url}`, { file: toyFile(), folder }),
      '--victim-token',
      'TOKEN',
    ];
    const { code, stderr, stdout } = await run(argv, { env: { TOKEN: 'topsecret' } });
    expect(code, stderr).toBe(0);
    expect(server.asked[0]!.headers.authorization).toBe('Bearer topsecret');
    const files = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
    for (const { name } of files) expect(readFileSync(join(folder, name), 'utf8')).not.toContain('topsecret');
    expect(stderr + stdout).not.toContain('topsecret');
  });
});

describe('a process of its own', () => {
  let cli: Awaited<ReturnType<typeof bundleCli>>;
  beforeAll(async () => {
    cli = await bundleCli();
  }, 60_000);
  afterAll(() => cli.remove());

  test('that serves says when it is ready, and ends what it was asked before SIGINT', async () => {
    const { child, ended } = startCli(cli.main, ['serve', writeWholeModel(temporaryFolder()), '--port', '0']);
    const address = await new Promise<string>((resolve) => {
      child.stdout!.on('data', (line) => resolve(/^(http\S+) answers/.exec(String(line))![1]!));
    });
    const body = JSON.stringify({
      text: Array.from({ length: 200 }, (_, i) => `${'good '.repeat(i % 20)}film ${i}`),
    });
    const asked = fetch(address, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
    const hasIt = /vda_open_requests 2\n|vda_texts_total 200\n/; // with the request for the metrics
    while (!hasIt.test(await (await fetch(new URL('/metrics', address))).text()));
    child.kill('SIGINT');
    expect(await (await asked).json()).toHaveLength(200);
    expect((await ended).code).toBe(0);
  }, 60_000);

  test('that attacks and is killed goes on without asking twice what was answered, and ends as if it had not been', async () => {
    const file = toyFile();
    const stalled = event();
    let isStalled = true;
    const server = await serve((asked, request) => {
      if (isStalled && request >= 30) {
        stalled.happen();
        return { delay: 600_000 };
      }
      return { body: toy(textOf(asked)) };
    });
    const folder = temporaryFolder();
    const argv = [
      ...attackArguments(`textattack:${server.url}`, { file, folder }),
      '--victim-concurrency',
      '1',
    ];
    const first = startCli(cli.main, argv);
    await stalled.happened;
    first.child.kill('SIGKILL');
    expect((await first.ended).signal).toBe('SIGKILL');

    isStalled = false;
    const answered = server.asked.slice(0, 29).map(textOf);
    const second = await startCli(cli.main, argv).ended;
    expect(second.code, second.stderr).toBe(0);
    const after = server.asked.slice(30).map(textOf);
    expect(after.length).toBeGreaterThan(0);
    expect(after.filter((text) => answered.includes(text))).toEqual([]);
    expect(new Set(after).size).toBe(after.length);

    const whole = temporaryFolder();
    expect((await run(attackArguments(`textattack:${server.url}`, { file, folder: whole }))).code).toBe(0);
    expect(timeless(folder)).toEqual(timeless(whole));
  }, 60_000);

  test('that is thrown at past everybody says so in a sentence, and lets go of its folder', async () => {
    const folder = temporaryFolder();
    const module = join(folder, 'late.mjs');
    const labels = "export const labels = ['neg', 'pos'];";
    writeFileSync(
      module,
      `${labels} export const predict = async () => { setTimeout(() => { throw new Error('too late'); }); return new Promise(() => {}); };`,
    );
    const argv = attackArguments(`module:${module}`, { file: toyFile(), folder: join(folder, 'attack') });
    const { code, stderr } = await startCli(cli.main, argv).ended;
    expect([code, stderr]).toEqual([1, expect.stringMatching(/^error: too late$/m)]);
    expect(stderr).not.toMatch(/^ +at /m);
    expect(existsSync(join(folder, 'attack/.vda.lock'))).toBe(false);
  }, 60_000);
});
