import type { IncomingHttpHeaders } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { onLoopback } from '../../on-loopback.ts';

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
  const { origin, close } = await onLoopback(async (request, response) => {
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
  return { url: `${origin}/`, asked, close };
}
