import type { IncomingMessage } from 'node:http';
import { messageOf, VdaError } from '../../base/error.ts';
import { quotedExcerpt } from '../../base/excerpt.ts';
import { parseJson } from '../../base/parse-json.ts';
import { type DynamicBatching, QueueFull } from '../../inference/dynamic-batching.ts';
import { respond, TooLarge } from '../../inference/victims/respond.ts';
import type { ServingLimits } from './limits.ts';
import type { Metrics } from './metrics.ts';
import { type BodyBudget, isHopeless, readBody } from './read-body.ts';

/** What routes answer from. */
export interface Service {
  readonly labels: readonly string[];
  readonly queue: DynamicBatching;
  readonly limits: ServingLimits;
  readonly budget: BodyBudget;
  readonly metrics: Metrics;
  readonly openRequests: () => number;
  readonly isStopping: () => boolean;
}

export interface Reply {
  readonly status: number;
  /** A text goes as it is, anything else as JSON. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

interface Asking {
  readonly service: Service;
  /** Aborted when the client goes away. */
  readonly signal: AbortSignal;
}

type Handler = (request: IncomingMessage, asking: Asking) => Reply | Promise<Reply>;

const routes: Readonly<Record<string, Readonly<Record<string, Handler>>>> = {
  '/': {
    GET: (_, { service }) => ({
      status: 200,
      body: { labels: service.labels, contracts: ['textattack', 'hf', 'tei'] },
    }),
    POST: (request, asking) => classify(request, { ...asking, isPredict: false }),
  },
  '/predict': { POST: (request, asking) => classify(request, { ...asking, isPredict: true }) },
  '/health': {
    GET: (_, { service }) =>
      service.isStopping()
        ? { status: 503, body: { status: 'stopping' } }
        : { status: 200, body: { status: 'ok' } },
  },
  '/metrics': {
    GET: (_, { service }) => ({
      status: 200,
      body: service.metrics.render({
        queuedTexts: service.queue.waiting(),
        openRequests: service.openRequests(),
      }),
      headers: { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' },
    }),
  },
};

const refusal = (status: number, error: string, headers?: Readonly<Record<string, string>>): Reply => ({
  status,
  body: { error },
  ...(headers && { headers }),
});

/**
 * The answer to a request: 404 and 405 for places and methods that are not there, else what its route says.
 * @throws the reason of the signal, an Error where the client goes away while it sends, and what the classifier throws
 */
export async function route(request: IncomingMessage, asking: Asking): Promise<Reply> {
  const path = (request.url ?? '/').split('?')[0]!;
  const methods = Object.hasOwn(routes, path) ? routes[path] : undefined;
  if (methods === undefined)
    return refusal(404, `there is no ${quotedExcerpt(path)} here, but ${Object.keys(routes).join(', ')}`);
  const method = request.method === 'HEAD' ? 'GET' : (request.method ?? '');
  if (Object.hasOwn(methods, method)) return methods[method]!(request, asking);
  const allow = Object.keys(methods).flatMap((name) => (name === 'GET' ? ['GET', 'HEAD'] : [name]));
  return refusal(405, `expected ${allow.join(' or ')} of ${path}`, { allow: allow.join(', ') });
}

/** Longest that a client is asked to wait, in seconds. */
const longestWait = 60;

const busy = (error: string, seconds = 1): Reply =>
  refusal(503, error, { 'retry-after': String(Math.max(1, Math.min(longestWait, Math.ceil(seconds)))) });

async function classify(
  request: IncomingMessage,
  { service, signal, isPredict }: Asking & { readonly isPredict: boolean },
): Promise<Reply> {
  const { limits, labels, queue, metrics, budget } = service;
  if (service.isStopping()) return busy('the service is stopping');
  const { 'content-type': type = '', 'content-encoding': encoding = 'identity' } = request.headers;
  const tooLarge = (headers = {}) =>
    refusal(413, `expected a body of ${limits.maxBodyBytes} bytes at most`, headers);
  if (!/^application\/json\b/i.test(type)) return refusal(415, 'expected content-type application/json');
  if (encoding !== 'identity') return refusal(415, 'expected a body without content-encoding');
  if (isHopeless(request, limits.maxBodyBytes)) return tooLarge({ connection: 'close' });
  const body = await readBody(request, { mostBytes: limits.maxBodyBytes, budget });
  if ('refused' in body)
    return body.refused === 'too large'
      ? tooLarge()
      : busy('the service holds as many bytes of requests as it may');
  try {
    const { answer, truncated, texts } = await respond(
      jsonOf(body.bytes),
      { labels, ask: (inputs) => queue.ask(inputs, { signal }) },
      { isPredict, maxTexts: limits.maxRequestTexts, maxTextLength: limits.maxTextLength },
    );
    metrics.classified({ texts, truncated: truncated.length });
    return {
      status: 200,
      body: answer,
      ...(truncated.length > 0 && { headers: { 'x-truncated-texts': truncated.join(',') } }),
    };
  } catch (thrown) {
    if (thrown instanceof QueueFull) return busy(thrown.message, thrown.secondsToWait);
    if (thrown instanceof TooLarge) return refusal(413, thrown.message);
    if (thrown instanceof VdaError && thrown.code === 'bad-input') return refusal(400, thrown.message);
    throw thrown;
  } finally {
    body.release();
  }
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return parseJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (thrown) {
    throw new VdaError('bad-input', `the body is no JSON in UTF-8: ${messageOf(thrown)}`, { cause: thrown });
  }
}
