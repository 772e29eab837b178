import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** An object is sent as JSON, a text as it is. */
  readonly body?: unknown;
  /** Milliseconds before it. */
  readonly delay?: number;
  /** The connection is cut instead. */
  readonly cut?: boolean;
}

export interface Asked {
  readonly body: never;
  readonly headers: IncomingHttpHeaders;
  readonly path: string;
}

/** A service that answers as a test says, and keeps what it was asked. */
export async function startServer(reply: (asked: Asked, request: number) => Reply) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = JSON.parse(Buffer.concat(chunks).toString() || 'null') as never;
    const one = { body, headers: request.headers, path: request.url! };
    asked.push(one);
    const { status = 200, headers = {}, body: said, delay = 0, cut } = reply(one, asked.length);
    await sleep(delay);
    if (cut) return void request.socket.destroy();
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof said === 'string' ? said : JSON.stringify(said ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    asked,
    close: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
