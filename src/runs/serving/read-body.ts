import type { IncomingMessage } from 'node:http';

/** Bytes of bodies that a service holds at once. */
export interface BodyBudget {
  held: number;
  readonly most: number;
}

export type Body =
  | { readonly bytes: Buffer; readonly release: () => void }
  | { readonly refused: 'too large' | 'no room' };

/** So many times the most bytes of a body are read and dropped before the connection is cut: who sends hears why it is refused. */
const patience = 16;

/** Whether nothing of a body needs to be read to refuse it: its client waits to be told to send it, or would send far too much. */
export function isHopeless({ headers }: IncomingMessage, mostBytes: number): boolean {
  const bytes = Number(headers['content-length']);
  return bytes > (headers.expect === undefined ? patience * mostBytes : mostBytes);
}

/**
 * Reads a body. What is over the limit is read to its end, within bounds, and dropped: a client that still sends would not see an
 * answer.
 * @throws Error where the client goes away, or sends far too much
 */
export async function readBody(
  request: IncomingMessage,
  { mostBytes, budget }: { readonly mostBytes: number; readonly budget: BodyBudget },
): Promise<Body> {
  const chunks: Buffer[] = [];
  let [bytes, held] = [0, 0];
  let refused: 'too large' | 'no room' | undefined;
  const release = () => {
    budget.held -= held;
    held = 0;
    chunks.length = 0;
  };
  try {
    for await (const chunk of request as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > mostBytes) refused = 'too large';
      else if (budget.held + chunk.length > budget.most) refused ??= 'no room';
      if (refused !== undefined) release();
      else {
        chunks.push(chunk);
        held += chunk.length;
        budget.held += chunk.length;
      }
      if (bytes > patience * mostBytes) request.destroy();
    }
  } catch (thrown) {
    release();
    throw thrown;
  }
  return refused === undefined ? { bytes: Buffer.concat(chunks), release } : { refused };
}
