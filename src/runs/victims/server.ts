import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { messageOf, VdaError } from '../../base/error.ts';
import { parseJson } from '../../base/parse-json.ts';
import { type Responder, respond } from '../../inference/victims/respond.ts';

const loopback = '127.0.0.1';
/** Most bytes of a request. */
const mostBytes = 2 ** 22;
/** Milliseconds that a client has to send one. */
const sendingTime = 30_000;

/** Where a classifier is served, and until when. */
export interface ServingOptions {
  /** 0: one that is free. */
  readonly port: number;
  /** Stops: what is being answered still is, then {@link Serving.ended} resolves. */
  readonly signal: AbortSignal;
  /** Told what went wrong that no client caused. */
  readonly onRemark?: (remark: string) => void;
}

/** A classifier that is being served. */
export interface Serving {
  readonly address: string;
  readonly ended: Promise<void>;
}

/**
 * Serves a classifier by the contracts of {@link respond}: `POST /` speaks TextAttack's and Hugging Face's, `POST /predict` that of
 * Text Embeddings Inference; `GET /` says what there is. There is no authentication and no encryption, so it listens on
 * loopback alone.
 *
 * @throws VdaError `conflict` where the port is taken or may not be used
 */
export async function serveClassifier(responder: Responder, options: ServingOptions): Promise<Serving> {
  const { port, signal, onRemark = () => {} } = options;
  const server = createServer((request, response) => {
    answer(request, responder).then(
      ([status, body]) => reply(response, { status, body, last: signal.aborted }),
      (thrown: unknown) => {
        const known = thrown instanceof VdaError && thrown.code === 'bad-input';
        if (!known) onRemark(`A request could not be answered: ${messageOf(thrown)}`);
        const body = { error: known ? thrown.message : 'the classifier failed; its own output says more' };
        reply(response, { status: known ? 400 : 500, body, last: signal.aborted });
      },
    );
  });
  server.requestTimeout = sendingTime;
  await listening(server, port);
  const ended = new Promise<void>((resolve) => server.once('close', resolve));
  const stop = () => {
    server.close();
    server.closeIdleConnections();
  };
  if (signal.aborted) stop();
  else signal.addEventListener('abort', stop, { once: true });
  const { port: bound } = server.address() as AddressInfo;
  return { address: `http://${loopback}:${bound}`, ended };
}

const listening = (server: Server, port: number) =>
  new Promise<void>((resolve, reject) => {
    server.once('error', (thrown: NodeJS.ErrnoException) =>
      reject(
        new VdaError(
          'conflict',
          `Port ${port} of ${loopback} cannot be used: ${thrown.message}. Choose another.`,
          {
            cause: thrown,
          },
        ),
      ),
    );
    server.listen({ host: loopback, port }, resolve);
  });

type Reply = readonly [status: number, body: unknown];

async function answer(request: IncomingMessage, responder: Responder): Promise<Reply> {
  const path = (request.url ?? '/').split('?')[0]!;
  if (path !== '/' && path !== '/predict') return [404, { error: 'there are / and /predict here' }];
  if (request.method === 'GET')
    return [200, { labels: responder.labels, contracts: ['textattack', 'hf', 'tei'] }];
  if (request.method !== 'POST') return [405, { error: 'expected POST' }];
  const type = request.headers['content-type'] ?? '';
  if (!/^application\/json\b/i.test(type)) return [415, { error: 'expected content-type application/json' }];
  const text = await bodyOf(request);
  if (text === undefined) return [413, { error: `expected ${mostBytes} bytes at most` }];
  let body: unknown;
  try {
    body = parseJson(text);
  } catch (thrown) {
    return [400, { error: `the body is no JSON: ${messageOf(thrown)}` }];
  }
  return [200, await respond(body, responder, { isPredict: path === '/predict' })];
}

async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes <= mostBytes)
      chunks.push(chunk); // what is over is read and dropped, so that the client gets its answer
    else if (bytes > 16 * mostBytes) request.destroy();
  }
  return bytes > mostBytes ? undefined : Buffer.concat(chunks).toString('utf8');
}

function reply(
  response: ServerResponse,
  { status, body, last }: { readonly status: number; readonly body: unknown; readonly last: boolean },
): void {
  if (response.destroyed) return;
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    ...(last && { connection: 'close' }),
  });
  response.end(text);
}
