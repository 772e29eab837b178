import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { messageOf, VdaError } from '../../base/error.ts';
import { checkSettings, hasMethods, requireArgument } from '../../base/setting-rules.ts';
import type { AnsweringClassifier } from '../../inference/classifier.ts';
import { dynamicBatching } from '../../inference/dynamic-batching.ts';
import { defaultLimits, limitRules, type ServingLimits } from './limits.ts';
import { createMetrics } from './metrics.ts';
import { type Reply, route, type Service } from './routes.ts';

const loopback = '127.0.0.1';
/** Most connections; further ones are closed at once. */
const mostConnections = 1024;
/** Bytes of requests that are held at once, each to its own limit. */
const mostHeldBytes = 2 ** 28;

/** Where a classifier is served, until when, and what it takes at most. */
export interface ServingOptions extends Partial<ServingLimits> {
  /** 0: one that is free. */
  readonly port: number;
  /** Stops: nothing new is taken on, what is under way is answered, then {@link Serving.ended} resolves. */
  readonly signal: AbortSignal;
  /** Told what went wrong that no client caused. */
  readonly onRemark?: (remark: string) => void;
}

/** What a service did. */
export interface Served {
  /** Requests answered, whatever their status. */
  readonly requests: number;
  /** Texts answered. */
  readonly texts: number;
  /** Requests whose client went away before its answer. */
  readonly dropped: number;
  /** Requests that had no answer when the time to stop was over. */
  readonly unanswered: number;
}

/** A classifier that is being served. */
export interface Serving {
  /** `http://127.0.0.1:PORT`. */
  readonly address: string;
  /** Resolves once it has stopped. */
  readonly ended: Promise<Served>;
}

/**
 * Serves a classifier over HTTP by three contracts ({@link respond}): `POST /` speaks TextAttack's and Hugging Face's, `POST /predict`
 * that of Text Embeddings Inference; `GET /` names the labels, `GET /health` whether it answers, `GET /metrics` what it did, for
 * Prometheus. Requests that come at the same time share batches ({@link dynamicBatching}), which changes no bit of an answer.
 *
 * There is no authentication and no encryption, so it listens on loopback alone. What it takes is bounded ({@link ServingLimits}):
 * 413 for what is too large, 408 for a client that takes too long to send, 503 with `Retry-After` where too much waits. A client that
 * goes away is worked for no longer.
 *
 * @returns once it listens; `ended` resolves when it has stopped
 * @throws VdaError `usage` for a setting out of range; `conflict` where the port is taken or may not be used
 */
export async function serveClassifier(
  classifier: Pick<AnsweringClassifier, 'labels' | 'encode' | 'logitsOf' | 'capacity'>,
  options: ServingOptions,
): Promise<Serving> {
  const owner = 'serveClassifier';
  requireArgument(hasMethods(classifier, ['encode', 'logitsOf']), {
    ...{ owner, name: 'classifier', got: classifier },
    expected: 'a classifier, as createClassifier gives',
  });
  const { port, signal, onRemark = () => {}, ...given } = options;
  const limits = { ...defaultLimits, ...given };
  checkSettings(
    owner,
    { port, ...limits },
    { rules: { port: { kind: 'integer', min: 0, max: 65_535 }, ...limitRules } },
  );

  const metrics = createMetrics();
  let open = 0;
  let unanswered = 0;
  const service: Service = {
    ...{ labels: classifier.labels, limits, metrics },
    queue: dynamicBatching(classifier, { mostWaiting: limits.maxQueuedTexts, onBatch: metrics.batch }),
    budget: { held: 0, most: Math.max(mostHeldBytes, limits.maxBodyBytes) },
    openRequests: () => open,
    isStopping: () => signal.aborted,
  };

  const milliseconds = 1000 * limits.requestTimeout;
  const server = createServer({
    ...{ requestTimeout: milliseconds, headersTimeout: milliseconds, keepAliveTimeout: milliseconds },
    connectionsCheckingInterval: Math.min(1000, milliseconds / 4),
  });
  server.maxConnections = mostConnections;
  const refused = new WeakSet<Duplex>();

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const started = performance.now();
    const gone = new AbortController();
    open++;
    response.once('close', () => {
      open--;
      if (!response.writableFinished) gone.abort();
      if (signal.aborted && open === 0) closeRest();
    });
    const reply = await route(request, { service, signal: gone.signal }).catch(
      (thrown): Reply | undefined => {
        if (gone.signal.aborted || !request.complete) return undefined;
        onRemark(`A request could not be answered: ${messageOf(thrown)}`);
        return { status: 500, body: { error: 'the classifier failed; its own output says more' } };
      },
    );
    if (reply === undefined || response.destroyed) {
      if (!refused.has(request.socket)) metrics.dropped();
      return;
    }
    metrics.answered({ status: reply.status, seconds: (performance.now() - started) / 1000 });
    const untaken = setTimeout(() => request.socket.destroy(), milliseconds);
    response.once('close', () => clearTimeout(untaken));
    send(response, { ...reply, isLast: signal.aborted });
  };
  server.on('request', answer);
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    // Who asks before sending hears that it is too much before it is sent.
    const isTooMuch = Number(request.headers['content-length']) > limits.maxBodyBytes;
    if (!isTooMuch) response.writeContinue();
    void answer(request, response);
  });
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    const status = refuse(socket as Socket, error);
    if (status === undefined) return;
    refused.add(socket);
    metrics.answered({ status, seconds: 0 });
  });

  const closeRest = () => setImmediate(() => server.closeAllConnections());
  let limit: NodeJS.Timeout | undefined;
  const ended = new Promise<Served>((resolve) => {
    server.once('close', () => {
      clearTimeout(limit);
      resolve({ ...metrics.totals(), unanswered });
    });
  });
  await listening(server, port);
  server.on('error', (thrown) => onRemark(`Connections could not be taken: ${messageOf(thrown)}`));
  const { port: bound } = server.address() as AddressInfo;
  const stop = () => {
    server.close();
    server.closeIdleConnections();
    if (open === 0) closeRest();
    limit = setTimeout(() => {
      unanswered = open;
      server.closeAllConnections();
    }, 1000 * limits.stopTimeout);
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  return { address: `http://${loopback}:${bound}`, ended };
}

const listening = (server: Server, port: number) =>
  new Promise<void>((resolve, reject) => {
    server.once('error', (thrown: NodeJS.ErrnoException) =>
      reject(
        new VdaError(
          'conflict',
          `Port ${port} of ${loopback} cannot be used: ${thrown.message}. Choose another.`,
          { cause: thrown },
        ),
      ),
    );
    server.listen({ host: loopback, port }, resolve);
  });

function send(
  response: ServerResponse,
  { status, body, headers, isLast }: Reply & { readonly isLast: boolean },
): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...headers,
    ...(isLast && { connection: 'close' }),
  });
  response.end(text);
}

/** What Node's parser of HTTP refuses, by its code: the status and what is said; anything else is a bad request. */
const refusals: Readonly<Record<string, readonly [status: number, error: string]>> = {
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'the request took too long to come'],
  HPE_HEADER_OVERFLOW: [431, 'the headers are too long'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'the chunk extensions are too long'],
};

/**
 * Answers a client whose request cannot be read, and ends its connection.
 * @returns the status; nothing where the client is gone, or an answer is on its way already
 */
function refuse(socket: Socket, { code = '' }: NodeJS.ErrnoException): number | undefined {
  if (code === 'ECONNRESET' || !socket.writable || socket.writableLength > 0) {
    socket.destroy();
    return undefined;
  }
  const [status, error] = refusals[code] ?? [400, 'the request is no HTTP/1.1'];
  const body = JSON.stringify({ error });
  socket.write(
    [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'Connection: close',
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  );
  socket.destroySoon();
  return status;
}
