import { Agent, request as httpRequest, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { text as textOf } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { probabilitiesOf } from '../../../src/base/probabilities-of.ts';
import type { Classifier } from '../../../src/inference/classifier.ts';
import { type Serving, type ServingOptions, serveClassifier } from '../../../src/runs/serving/server.ts';
import { openTinyClassifier } from '../../inference/tiny-classifier.ts';
import { tinyVocabulary } from '../../training/tiny-model.ts';

let classifier: Classifier;
beforeAll(async () => {
  classifier = await openTinyClassifier();
});
afterAll(() => classifier.release());

const open: { readonly serving: Serving; readonly stop: () => void }[] = [];
afterEach(async () => {
  for (const { serving, stop } of open.splice(0)) {
    stop();
    await serving.ended;
  }
});

async function serve(
  options: Partial<ServingOptions> = {},
  served: Pick<Classifier, 'labels' | 'encode' | 'logitsOf' | 'capacity'> = classifier,
) {
  const controller = new AbortController();
  const remarks: string[] = [];
  const serving = await serveClassifier(served, {
    ...{ port: 0, signal: controller.signal, stopTimeout: 5, onRemark: (remark) => remarks.push(remark) },
    ...options,
  });
  const stop = () => controller.abort();
  open.push({ serving, stop });
  return { ...serving, stop, remarks };
}

/** A classifier that answers once it is let. */
function gated() {
  let openGate = () => {};
  const gate = new Promise<void>((resolve) => {
    openGate = resolve;
  });
  let asked = 0;
  const { labels, encode, capacity } = classifier;
  const logitsOf: Classifier['logitsOf'] = async (encodings) => {
    asked += encodings.length;
    await gate;
    return classifier.logitsOf(encodings);
  };
  return { served: { labels, encode, capacity, logitsOf }, openGate: () => openGate(), asked: () => asked };
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

function ask(
  address: string,
  p: {
    readonly path?: string;
    readonly method?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string | Uint8Array;
    readonly agent?: Agent;
    readonly signal?: AbortSignal;
  } = {},
): Promise<Answer> {
  const { path = '/', body, method = body === undefined ? 'GET' : 'POST', agent = new Agent(), ...rest } = p;
  return new Promise((resolve, reject) => {
    const headers = { ...(body !== undefined && { 'content-type': 'application/json' }), ...p.headers };
    const request = httpRequest(
      new URL(path, address),
      { ...rest, agent, method, headers },
      async (response) => {
        const { statusCode: status = 0, headers: got } = response;
        resolve({ status, headers: got, body: (await textOf(response).catch(reject)) ?? '' });
      },
    );
    request.on('error', reject);
    request.end(body);
  });
}

/** Asks for the metrics until they say so. */
async function untilMetrics(address: string, ...lines: readonly string[]): Promise<string> {
  for (;;) {
    const { body } = await ask(address, { path: '/metrics' });
    if (lines.every((line) => body.includes(`${line}\n`))) return body;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const json = (value: unknown) => JSON.stringify(value);
const errorOf = ({ body }: Answer): string => JSON.parse(body).error;
const until = async (holds: () => boolean) => {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2));
};

/** What a server says on a connection of its own, until it ends that. */
function raw(address: string, ...parts: readonly string[]) {
  const { hostname, port } = new URL(address);
  const socket = connect(Number(port), hostname);
  for (const part of parts) socket.write(part);
  socket.on('error', () => {}); // the end is what counts
  return { socket, said: textOf(socket).catch(() => '') };
}
const head = (length: number) =>
  `POST / HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;

const words = tinyVocabulary.filter((word) => /^[a-z]+$/.test(word));
const texts = Array.from({ length: 640 }, (_, i) =>
  Array.from({ length: 1 + (i % 9) }, (_, k) => words[(i * 5 + k * (1 + (i % 11))) % words.length]).join(' '),
);

describe('a service under load', () => {
  test('answers 64 clients with 640 requests, none lost, each with the bits that its text has alone', async () => {
    const { address } = await serve();
    const agent = new Agent({ keepAlive: true, maxSockets: 64 });
    const rows = await classifier.logits(texts.map((text) => ({ text })));
    const wrong: string[] = [];
    let next = 0;
    const client = async () => {
      for (let i = next++; i < texts.length; i = next++) {
        const text = texts[i]!;
        const { status, body } = await ask(address, { agent, body: json({ text }) });
        const expected = Object.fromEntries(
          probabilitiesOf(rows[i]!).map((p, c) => [classifier.labels[c]!, p]),
        );
        if (status !== 200 || body !== json(expected)) wrong.push(`${text}: ${status} ${body}`);
      }
    };
    await Promise.all(Array.from({ length: 64 }, client));
    agent.destroy();
    expect(wrong).toEqual([]);
    const { body: metrics } = await ask(address, { path: '/metrics' });
    expect(metrics).toContain('vda_requests_total{code="200"} 640\n');
    expect(metrics).toContain('vda_texts_total 640\n');
    expect(metrics).toContain('vda_queued_texts 0\n');
    expect(Number(/^vda_batches_total (\d+)$/m.exec(metrics)![1])).toBeLessThan(640);
  });

  test('turns away what would wait beyond the bound with 503 and Retry-After, and answers the rest', async () => {
    const { served, openGate, asked } = gated();
    const { address } = await serve({ maxQueuedTexts: 4 }, served);
    const first = ask(address, { body: json({ text: 'good' }) });
    await until(() => asked() === 1);
    const waiting = ask(address, { body: json({ text: ['bad', 'dull', 'sad', 'fine'] }) });
    await untilMetrics(address, 'vda_queued_texts 4');
    const full = await ask(address, { body: json({ text: 'film' }) });
    expect([full.status, errorOf(full)]).toEqual([503, expect.stringContaining('4 texts wait')]);
    expect(Number(full.headers['retry-after'])).toBeGreaterThan(0);
    expect((await ask(address, { path: '/health' })).status).toBe(200);
    openGate();
    expect([(await first).status, (await waiting).status]).toEqual([200, 200]);
  });
});

describe('what a request may be', () => {
  test.each<[string, Parameters<typeof ask>[1], number, RegExp]>([
    ['no JSON', { body: '{' }, 400, /no JSON/],
    ['no UTF-8', { body: Uint8Array.of(0x22, 0xff, 0x22) }, 400, /no JSON in UTF-8/],
    ['no contract', { body: '{}' }, 400, /"text" \(TextAttack\) or "inputs"/],
    ['no text', { body: json({ text: ['a', 1] }) }, 400, /item 1/],
    ['too many texts', { body: json({ text: ['a', 'b', 'c', 'd'] }) }, 413, /4 texts/],
    ['a long text', { body: json({ text: ['a', 'b'.repeat(51)] }) }, 413, /Text 1 .* 51 characters/],
    ['an oversized body', { body: json({ text: 'a'.repeat(400) }) }, 413, /300 bytes at most/],
    ['another type', { body: '{}', headers: { 'content-type': 'text/plain' } }, 415, /application\/json/],
    ['a compressed body', { body: '{}', headers: { 'content-encoding': 'gzip' } }, 415, /content-encoding/],
    ['another place', { path: '/other' }, 404, /no "\/other" here, but \/, \/predict/],
    ['a place of objects', { path: '/constructor' }, 404, /no "\/constructor"/],
    ['another method', { method: 'DELETE' }, 405, /GET or HEAD or POST/],
    ['GET of /predict', { path: '/predict' }, 405, /POST/],
  ])('%s: refused', async (_, asked, status, message) => {
    const { address } = await serve({ maxBodyBytes: 300, maxRequestTexts: 3, maxTextLength: 50 });
    const answer = await ask(address, asked);
    expect([answer.status, errorOf(answer)]).toEqual([status, expect.stringMatching(message)]);
    if (status === 405) expect(answer.headers.allow).toBe(asked?.method ? 'GET, HEAD, POST' : 'POST');
    expect((await ask(address, { body: json({ text: 'good' }) })).status).toBe(200);
  });

  test('a body that is too large without end is cut off, and one that asks first is not sent', async () => {
    const { address } = await serve({ maxBodyBytes: 1000 });
    const { said, socket } = raw(address, head(2 ** 40));
    expect(await said).toMatch(/^HTTP\/1\.1 413 [\s\S]*1000 bytes at most/);
    socket.destroy();
    const chunked = raw(
      address,
      head(0).replace('Content-Length: 0', 'Transfer-Encoding: chunked'),
      ...Array.from({ length: 40 }, () => `1f4\r\n${'a'.repeat(500)}\r\n`),
    );
    expect(await chunked.said).toBe('');
    const polite = raw(address, head(2000).replace('\r\n\r\n', '\r\nExpect: 100-continue\r\n\r\n'));
    expect(await polite.said).toMatch(/^HTTP\/1\.1 413 /);
    const body = '{"text": "good"}';
    const fits = raw(
      address,
      head(body.length).replace('\r\n\r\n', '\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n'),
    );
    fits.socket.once('data', () => fits.socket.write(body));
    expect(await fits.said).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 /);
  });

  test('a text that is cut is answered, and said to be cut', async () => {
    const { address } = await serve();
    const long = 'good '.repeat(30);
    const { status, headers } = await ask(address, { body: json({ text: ['dull', long, long] }) });
    expect([status, headers['x-truncated-texts']]).toEqual([200, '1,2']);
    const whole = await ask(address, { body: json({ text: 'dull' }) });
    expect(whole.headers).not.toHaveProperty('x-truncated-texts');
    const refused = await ask(address, { path: '/predict', body: json({ inputs: long, truncate: false }) });
    expect([refused.status, errorOf(refused)]).toEqual([413, expect.stringContaining('Text 0')]);
  });
});

describe('a client', () => {
  test.each([
    ['the head', 'POST / HTTP/1.1\r\nHost: x\r\n'],
    ['the body', `${head(100)}{"text": "go`],
    ['anything', ''],
  ])('that is too slow to send %s is answered with 408', async (_, sent) => {
    const { address } = await serve({ requestTimeout: 0.2 });
    const { said } = raw(address, sent);
    const answer = await said;
    expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\nConnection: close\r\n/);
    expect(answer).toContain('{"error":"the request took too long to come"}');
    const { body } = await ask(address, { path: '/metrics' });
    expect(body).toContain('vda_requests_total{code="408"} 1\n');
    expect(body).toContain('vda_requests_dropped_total 0\n');
  });

  test('that speaks no HTTP is answered with 400, and one with endless headers with 431', async () => {
    const { address } = await serve();
    expect(await raw(address, 'hello\r\n\r\n').said).toMatch(/^HTTP\/1\.1 400 /);
    const headers = `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'a'.repeat(2 ** 15)}\r\n\r\n`;
    expect(await raw(address, headers).said).toMatch(/^HTTP\/1\.1 431 /);
  });

  test('that waits for its answer longer than it may take to send is not cut off', async () => {
    const { served, openGate, asked } = gated();
    const { address } = await serve({ requestTimeout: 0.2 }, served);
    const answer = ask(address, { body: json({ text: 'good' }) });
    await until(() => asked() === 1);
    await new Promise((resolve) => setTimeout(resolve, 600));
    openGate();
    expect((await answer).status).toBe(200);
  });

  test('that does not ask again, or does not take its answer, is left', async () => {
    const labels = Array.from({ length: 10 }, (_, i) => `${i}${'x'.repeat(20_000)}`);
    const logitsOf: Classifier['logitsOf'] = async (all) => all.map(() => new Float32Array(10));
    const { encode, capacity } = classifier;
    const { address } = await serve({ requestTimeout: 0.3 }, { labels, encode, capacity, logitsOf });
    const idle = raw(address, 'GET /health HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await idle.said).toContain('{"status":"ok"}');
    const body = json({ text: Array.from({ length: 80 }, () => 'good') }); // answered with 16 MB, more than sockets hold
    const deaf = raw(address, head(body.length), body);
    deaf.socket.pause();
    await untilMetrics(address, 'vda_texts_total 80', 'vda_open_requests 1');
    deaf.socket.destroy();
  });

  test('that goes away has its work dropped, and is not counted', async () => {
    const { served, openGate, asked } = gated();
    const { address } = await serve({}, served);
    const first = ask(address, { body: json({ text: 'good' }) });
    await until(() => asked() === 1);
    const gone = new AbortController();
    const given = ask(address, { body: json({ text: ['bad', 'dull'] }), signal: gone.signal });
    await untilMetrics(address, 'vda_queued_texts 2');
    gone.abort();
    await expect(given).rejects.toThrow();
    await untilMetrics(address, 'vda_queued_texts 0');
    openGate();
    expect((await first).status).toBe(200);
    expect(asked()).toBe(1);
    await untilMetrics(address, 'vda_texts_total 1', 'vda_requests_dropped_total 1');
  });
});

describe('a service that is told to stop', () => {
  test('in mid-flight answers what is under way, takes nothing new, and ends', async () => {
    const { served, openGate, asked } = gated();
    const { address, stop, ended } = await serve({}, served);
    const agent = new Agent({ keepAlive: true });
    await ask(address, { path: '/health', agent }); // leaves an idle connection
    const silent = raw(address);
    const half = raw(address, head(17), '{"text": ');
    const asking = ['good', 'bad film', 'dull'].map((text) => ask(address, { agent, body: json({ text }) }));
    await until(() => asked() === 1);
    await untilMetrics(address, 'vda_open_requests 5');
    stop();
    await expect(ask(address, { body: json({ text: 'sad' }) })).rejects.toThrow(/ECONNREFUSED|ECONNRESET/);
    half.socket.write('"sad"}  ');
    openGate();
    for (const { status, headers, body } of await Promise.all(asking)) {
      expect([status, headers.connection]).toEqual([200, 'close']);
      expect(Object.keys(JSON.parse(body))).toEqual(classifier.labels);
    }
    expect(await half.said).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(await silent.said).toBe('');
    const { texts, unanswered } = await ended;
    expect([texts, unanswered]).toEqual([4, 0]);
    agent.destroy();
  });

  test('on a connection that is still open refuses a new request, and says that it stops', async () => {
    const { served, openGate, asked } = gated();
    const { address, stop, ended } = await serve({}, served);
    const body = '{"text": "good"}';
    const { socket, said } = raw(address, head(body.length), body);
    await until(() => asked() === 1);
    stop();
    socket.write(`GET /health HTTP/1.1\r\nHost: x\r\n\r\n${head(body.length)}${body}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
    openGate();
    expect((await said).match(/^HTTP\/1\.1 \d+/gm)).toEqual(['HTTP/1.1 200']); // it said that it closes
    expect((await ended).texts).toBe(1);
  });

  test('cuts off what has no answer in time, and says how many', async () => {
    const { served, asked } = gated();
    const { address, stop, ended } = await serve({ stopTimeout: 0.1 }, served);
    const asking = ask(address, { body: json({ text: 'good' }) });
    const lost = expect(asking).rejects.toThrow();
    await until(() => asked() === 1);
    stop();
    await lost;
    expect(await ended).toMatchObject({ unanswered: 1, texts: 0 });
  });

  test('before it began ends at once', async () => {
    const signal = AbortSignal.abort();
    const { ended } = await serveClassifier(classifier, { port: 0, signal });
    expect(await ended).toEqual({ requests: 0, texts: 0, dropped: 0, unanswered: 0 });
  });
});

test('a classifier that fails is said so once, to the client without the reason', async () => {
  const { labels, encode, capacity } = classifier;
  const logitsOf = async () => {
    throw new Error('secret reason');
  };
  const { address, remarks } = await serve({}, { labels, encode, capacity, logitsOf });
  const answer = await ask(address, { body: json({ text: 'good' }) });
  expect([answer.status, answer.body.includes('secret')]).toEqual([500, false]);
  expect(remarks).toEqual(['A request could not be answered: secret reason']);
});

test.each([
  [{ port: -1 }, /port/],
  [{ maxQueuedTexts: 0 }, /maxQueuedTexts/],
  [{ requestTimeout: 0 }, /requestTimeout/],
])('refuses the setting %j', async (options, message) => {
  await expect(serve(options)).rejects.toThrow(message);
});

test('a port that is taken is said', async () => {
  const { address } = await serve();
  await expect(serve({ port: Number(new URL(address).port) })).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringMatching(/EADDRINUSE.*Choose another/),
  });
});
