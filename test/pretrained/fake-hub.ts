import { createHash } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { onLoopback } from '../on-loopback.ts';

export interface FakeHub {
  readonly endpoint: string;
  /** Paths asked for, in order, without queries. */
  readonly requests: string[];
  /** Values of the Authorization header, as sent. */
  readonly authorizations: Set<string | undefined>;
}

export const fakeCommit = '0123456789abcdef0123456789abcdef01234567';

/** What git calls a file's content: SHA-1 of its header and bytes. */
export const gitHash = (content: Buffer): string =>
  createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');

export const sha256Of = (content: Buffer): string => createHash('sha256').update(content).digest('hex');

/**
 * Serves the parts of the hub's HTTP interface that a download uses, for one model named `owner/tiny`. Files ending in
 * `.safetensors` are listed as large ones, by SHA-256.
 *
 * @param sent what is served in place of the listed content, to play a damaged transfer
 */
export async function startFakeHub(
  files: Readonly<Record<string, Buffer>>,
  { sent = {} }: { readonly sent?: Readonly<Record<string, Buffer>> } = {},
): Promise<FakeHub> {
  const requests: string[] = [];
  const authorizations = new Set<string | undefined>();
  const { origin: endpoint, close } = await onLoopback((request, response) => {
    const { pathname } = new URL(request.url!, 'http://localhost');
    requests.push(pathname);
    authorizations.add(request.headers.authorization);
    const json = (body: unknown) =>
      response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
    if (pathname === '/api/models/owner/tiny/revision/main')
      return json({ id: 'owner/tiny', sha: fakeCommit });
    if (pathname === `/api/models/owner/tiny/tree/${fakeCommit}`) {
      return json(Object.entries(files).map(([path, content]) => listing(path, content)));
    }
    const name = pathname.replace(`/owner/tiny/resolve/${fakeCommit}/`, '');
    const content = sent[name] ?? files[name];
    if (content === undefined) {
      response.statusCode = 404;
      return json({ error: 'Repository not found' });
    }
    response.setHeader('etag', `"${gitHash(content)}"`);
    if (request.headers.range === 'bytes=0-0') {
      response.statusCode = 206;
      return response.setHeader('content-range', `bytes 0-0/${content.length}`).end(content.subarray(0, 1));
    }
    return response.end(content);
  });
  onTestFinished(close);
  return { endpoint, requests, authorizations };
}

/** An address at which nothing listens: the system just gave it out and took it back. */
export async function closedEndpoint(): Promise<string> {
  const { origin, close } = await onLoopback(() => {});
  await close();
  return origin;
}

function listing(path: string, content: Buffer) {
  const entry = { type: 'file', path, size: content.length, oid: gitHash(content) };
  if (!path.endsWith('.safetensors')) return entry;
  return { ...entry, lfs: { oid: sha256Of(content), size: content.length, pointerSize: 130 } };
}
