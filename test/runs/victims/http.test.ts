import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ModelUnavailable } from '../../../src/attacks/check-answers.ts';
import type { ContractName } from '../../../src/inference/victims/index.ts';
import { type HttpVictimOptions, openHttpVictim } from '../../../src/runs/victims/http.ts';
import { type Asked, type Reply, startServer } from './scripted-server.ts';

let folder: string;
let close: (() => Promise<void>) | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vda-victim-'));
});
afterEach(async () => {
  await close?.();
  close = undefined;
  rmSync(folder, { recursive: true });
});

const fine: Reply = { body: { neg: 0.25, pos: 0.75 } };

async function serve(reply: (asked: Asked, request: number) => Reply) {
  const server = await startServer(reply);
  close = server.close;
  return server;
}

/** A victim of two labels that is asked one request at a time, and does not wait long. */
const open = (
  address: string,
  options: Partial<HttpVictimOptions> & { readonly contract?: ContractName } = {},
) =>
  openHttpVictim(
    { contract: options.contract ?? 'textattack', address },
    {
      ...{ labels: ['neg', 'pos'], scores: 'probabilities', answersFolder: folder },
      ...{ concurrency: 1, delay: 1, attempts: 3, ...options },
    },
  );

const texts = (...all: string[]) => all.map((text) => ({ text }));

test.each(['two\nlines', '“quoted”', 'a b'])(
  'a token that fits into no header, %j, is refused at once',
  async (token) => {
    const refused = await Promise.resolve()
      .then(() => open('http://127.0.0.1:9', { token }))
      .catch((thrown) => thrown);
    expect(refused).toMatchObject({ code: 'usage', message: expect.stringContaining('Copy it again') });
    expect(refused.message).not.toContain(token);
  },
);

describe('a failure that passes', () => {
  test.each<[string, Reply]>([
    ['503 Service Unavailable', { status: 503 }],
    ['500 Internal Server Error', { status: 500, body: 'oops' }],
    ['429 Too Many Requests', { status: 429, headers: { 'retry-after': '0' } }],
    ['closed', { cut: true }],
    ['no answer within 2 s', { delay: 4000 }],
  ])('%s: is said, waited for, and asked again', async (reason, failure) => {
    const server = await serve((_, request) => (request === 1 ? failure : fine));
    const remarks: string[] = [];
    const { victim } = await open(server.url, {
      timeout: reason.startsWith('no answer') ? 2 : 60,
      onRemark: (line) => remarks.push(line),
    });
    expect(await victim.classify(texts('a'))).toEqual([[0.25, 0.75]]);
    expect(server.asked).toHaveLength(2);
    expect(remarks[0]).toContain('could not be asked');
    expect(remarks[0]).toContain(reason);
    expect(remarks.at(-1)).toContain('answers again');
  });

  test('Retry-After is heard, in seconds', async () => {
    const server = await serve((_, request) =>
      request === 1 ? { status: 429, headers: { 'retry-after': '1' } } : fine,
    );
    const remarks: string[] = [];
    const { victim, clock } = await open(server.url, { onRemark: (line) => remarks.push(line) });
    const [before, started] = [clock(), performance.now()];
    await victim.classify(texts('a'));
    expect(remarks[0]).toContain('asked again in 1 s');
    const counted = clock() - before;
    expect((performance.now() - started) / 1000 - counted).toBeGreaterThan(0.99); // the pause is no example's time
  });

  test('stops the attack once it has not passed so many times, and what was answered is kept', async () => {
    const server = await serve(({ body }) =>
      (body as { text: string }).text === 'b' ? { status: 503 } : fine,
    );
    const { victim } = await open(server.url);
    await expect(victim.classify(texts('a', 'b', 'c'))).rejects.toThrow(
      /127\.0\.0\.1.* could not be asked: 503 Service Unavailable, 3 times in a row\./,
    );
    await expect(victim.classify(texts('b'))).rejects.toBeInstanceOf(ModelUnavailable);
    const again = await open(server.url);
    await again.victim.classify(texts('a'));
    const asked = server.asked.map(({ body }) => (body as { text: string }).text);
    expect(asked).toEqual(['a', 'b', 'b', 'b', 'b', 'b', 'b']);
  });

  test('where nobody listens: the reason is the connection', async () => {
    const { url, close: end } = await startServer(() => fine);
    await end();
    const { victim } = await open(url, { attempts: 2 });
    await expect(victim.classify(texts('a'))).rejects.toThrow(/ECONNREFUSED.*2 times in a row/);
  });

  test('an interruption ends a pause at once', async () => {
    const server = await serve(() => ({ status: 503 }));
    const controller = new AbortController();
    const { victim } = await open(server.url, {
      ...{ delay: 60_000, signal: controller.signal },
      onRemark: () => controller.abort(new Error('stop')),
    });
    await expect(victim.classify(texts('a'))).rejects.toThrow('stop');
  });
});

describe('a failure that stays stops the attack', () => {
  const html = { headers: { 'content-type': 'text/html' }, body: '<html>Sign in</html>' };
  test.each<[string, Reply, RegExp]>([
    ['401', { status: 401, body: { error: 'who?' } }, /answered 401 Unauthorized.*other credentials/],
    ['404', { status: 404 }, /answered 404 Not Found.*Check the address/],
    ['a redirect', { status: 301, headers: { location: '/x' } }, /sends on to another address/],
    ['HTML', html, /answered text\/html; expected application\/json. It begins: <html>Sign in/],
    ['no JSON', { body: '{"neg": 0.2' }, /is no JSON/],
    ['NaN', { body: '{"neg": NaN, "pos": 1}' }, /holds NaN or Infinity, which JSON does not have/],
    ['garbage', { body: [1, 2, 3] }, /answered \[1,2,3\]; expected an object of label and score/],
    ['other labels', { body: { neg: 0.5, great: 0.5 } }, /the label "great"; expected one of "neg", "pos"/],
    ['fewer labels', { body: { neg: 1 } }, /scores for 1 of 2 labels, none for "pos"/],
    ['logits for probabilities', { body: { neg: -3, pos: 2 } }, /these may be logits/],
    ['a huge answer', { body: 'x'.repeat(2 ** 24 + 1) }, /more than 16777216 bytes/],
    ['an hour away', { status: 429, headers: { 'retry-after': '7200' } }, /left alone for 7200 s/],
  ])('%s', async (_, reply, message) => {
    const server = await serve(() => reply);
    const { victim } = await open(server.url);
    const failure = await victim.classify(texts('a')).catch((thrown) => thrown);
    expect(failure.message).toMatch(message);
    expect(['bad-input', 'offline']).toContain(failure.code);
    expect(server.asked).toHaveLength(1);
    expect(
      readdirSync(folder)
        .map((name) => readFileSync(join(folder, name), 'utf8'))
        .join(),
    ).not.toContain('sha256');
  });

  test('fewer rows than texts', async () => {
    const server = await serve(() => ({ body: [[{ label: 'neg', score: 1 }]] }));
    const { victim } = await open(server.url, { contract: 'hf' });
    await expect(victim.classify(texts('a', 'b'))).rejects.toThrow(/for each of 2 texts/);
  });
});

test('a text that is refused is asked alone, and the others have their answers', async () => {
  const server = await serve(({ body }) => {
    const { inputs } = body as { inputs: string[] };
    if (inputs.includes('long')) return { status: 413, body: { error: 'too long' } };
    return {
      body: inputs.map(() => [
        { label: 'pos', score: 0.9 },
        { label: 'neg', score: 0.1 },
      ]),
    };
  });
  const { victim } = await open(server.url, { contract: 'hf' });
  await expect(victim.classify(texts('a', 'long', 'b'))).rejects.toThrow(
    /413 .*too long.*refuses what it was asked/,
  );
  expect(await victim.classify(texts('a'))).toEqual([[0.1, 0.9]]);
  expect(server.asked.map(({ body }) => (body as { inputs: string[] }).inputs)).toEqual([
    ['a', 'long', 'b'],
    ['a'],
    ['long'],
  ]);
});

test('a slow victim is waited for', async () => {
  const server = await serve(() => ({ ...fine, delay: 1000 }));
  const { victim } = await open(server.url, { timeout: 60 });
  expect(await victim.classify(texts('a', 'b'))).toHaveLength(2);
});

describe('what asking costs', () => {
  test('is bounded by requests and by texts, over which the attack stops', async () => {
    const server = await serve(() => fine);
    const { victim } = await open(server.url, { maxRequests: 2 });
    await expect(victim.classify(texts('a', 'b', 'c'))).rejects.toThrow(
      /2 requests with 2 texts; one more would be over the 2 requests/,
    );
    const few = await open(server.url, { maxTexts: 1, version: 'two' });
    await expect(few.victim.classify(texts('a', 'b'))).rejects.toThrow(/over the 1 texts/);
    expect(server.asked).toHaveLength(3);
  });

  test('is spread over so many requests at once, no more', async () => {
    let [now, most] = [0, 0];
    const server = await serve(() => {
      most = Math.max(most, ++now);
      setTimeout(() => now--, 30);
      return { ...fine, delay: 30 };
    });
    const { victim } = await open(server.url, { concurrency: 3 });
    await victim.classify(texts(...'abcdefgh'));
    expect(most).toBe(3);
  });

  test('keeps to a rate', async () => {
    const server = await serve(() => fine);
    const { victim } = await open(server.url, { textsPerSecond: 20, concurrency: 4 });
    const started = performance.now();
    await victim.classify(texts('a', 'b', 'c'));
    expect(performance.now() - started).toBeGreaterThan(90);
  });
});

describe('answers on disk', () => {
  test('are not asked for again, torn lines aside, and belong to one version of one victim', async () => {
    const server = await serve(() => fine);
    const first = await open(server.url);
    await first.victim.classify(texts('a', 'b'));
    const [name] = readdirSync(folder);
    const path = join(folder, name!);
    const lines = readFileSync(path, 'utf8');
    writeFileSync(path, lines.slice(0, -10)); // as a crash leaves it: the answer to b is lost
    const second = await open(server.url);
    expect(await second.victim.classify(texts('a', 'b', 'c'))).toEqual(Array(3).fill([0.25, 0.75]));
    await (await open(server.url)).victim.classify(texts('a', 'b', 'c'));
    await (await open(server.url, { version: 'next' })).victim.classify(texts('a'));
    const asked = server.asked.map(({ body }) => (body as { text: string }).text);
    expect(asked).toEqual(['a', 'b', 'b', 'c', 'a']);
    expect(readdirSync(folder)).toHaveLength(2);
    expect(lines).not.toMatch(/"a"|"b"/); // texts are known by their hash alone
  });

  test('say the labels, so that the victim is asked for them once', async () => {
    const server = await serve(() => ({ body: { LABEL_10: 0.1, LABEL_9: 0.9 } }));
    const remarks: string[] = [];
    const options = { labels: undefined, onRemark: (line: string) => remarks.push(line) };
    const first = await open(server.url, options);
    expect(first.victim.labels).toEqual(['LABEL_9', 'LABEL_10']);
    expect(remarks[0]).toContain('names the labels "LABEL_9", "LABEL_10"');
    expect((await open(server.url, options)).victim.labels).toEqual(['LABEL_9', 'LABEL_10']);
    expect(server.asked).toHaveLength(1);
  });
});

describe('secrets', () => {
  test('go into a header and nowhere else', async () => {
    const token = 'very-secret-4711';
    const server = await serve(({ headers }, request) =>
      request === 1 ? fine : { status: 403, body: { error: `no ${headers.authorization}` } },
    );
    const { victim } = await open(server.url, { token });
    await victim.classify(texts('a'));
    expect(server.asked[0]!.headers.authorization).toBe(`Bearer ${token}`);
    const failure = await victim.classify(texts('b')).catch((thrown) => thrown);
    expect(failure.message).toContain('Bearer ***');
    expect(JSON.stringify([failure.message, victim.identity!()])).not.toContain(token);
    for (const name of readdirSync(folder))
      expect(readFileSync(join(folder, name), 'utf8')).not.toContain(token);
  });

  test('are refused in an address, and not shown', () => {
    for (const address of ['http://me:hidden@localhost/', 'http://localhost/?key=hidden', 'hidden']) {
      const failed = () => open(address);
      expect(failed).toThrow(/^address: /);
      try {
        failed();
      } catch (thrown) {
        if (address !== 'hidden') expect((thrown as Error).message).not.toContain('hidden');
      }
    }
  });
});

test('what tells a victim apart is its place, labels, scores and version', async () => {
  const server = await serve(() => fine);
  const { victim } = await open(`${server.url}v1`, { version: '3' });
  expect(victim.identity!()).toEqual({
    ...{ id: 'textattack', version: 1 },
    settings: { address: `${server.url}v1`, scores: 'probabilities', version: '3', labels: ['neg', 'pos'] },
  });
});
