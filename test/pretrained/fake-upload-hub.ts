import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import { onLoopback } from '../on-loopback.ts';

/** A commit as the hub got it. */
export interface FakeCommit {
  readonly branch: string;
  readonly summary: string;
  /** Contents by path, large ones as they were put beforehand. */
  readonly files: ReadonlyMap<string, Buffer>;
}

export interface FakeUploadHub {
  readonly endpoint: string;
  /** Method and path of each request, in order. */
  readonly requests: string[];
  readonly authorizations: Set<string | undefined>;
  readonly commits: FakeCommit[];
  /** Large files by SHA-256, of finished uploads alone. */
  readonly objects: Map<string, Buffer>;
  /** Bodies of what made repositories. */
  readonly made: unknown[];
}

/** What the hub is to do otherwise. */
export interface FakeUploadOptions {
  /** Whether the repository is there, and how. */
  readonly existing?: 'public' | 'private';
  /** What a file of it is. */
  readonly card?: Buffer;
  /** Statuses by what is asked. */
  readonly refuse?: Readonly<Partial<Record<'create' | 'preupload' | 'commit', number>>>;
  /** How many uploads of large files are cut off in their middle. */
  readonly cut?: number;
  /** Large files go in parts of so many bytes. */
  readonly partSize?: number;
}

/** Bytes of a large file that arrive before it is cut off. */
const beforeCut = 20_000;

/**
 * The parts of the hub's HTTP interface that an upload to `owner/tiny` uses: making repository and branch, telling large files,
 * Git LFS in one piece or in parts, and the commit.
 */
export async function startFakeUploadHub({
  existing,
  card,
  refuse = {},
  cut = 0,
  partSize,
}: FakeUploadOptions = {}): Promise<FakeUploadHub> {
  const requests: string[] = [];
  const authorizations = new Set<string | undefined>();
  const commits: FakeCommit[] = [];
  const objects = new Map<string, Buffer>();
  const parts = new Map<string, Map<number, Buffer>>();
  const made: unknown[] = [];
  const branches = new Set(['main']);
  let left = cut;
  let endpoint = '';

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(request.url!, 'http://localhost');
    requests.push(`${request.method} ${pathname}`);
    const json = (body: unknown, status = 200) => {
      response.statusCode = status;
      response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
    };
    const refused = (what: keyof typeof refuse) => json({ error: `no ${what} for you` }, refuse[what]);
    if (request.method === 'PUT' && left > 0) {
      left--;
      let arrived = 0;
      request.on('data', (chunk: Buffer) => {
        arrived += chunk.length;
        if (arrived > beforeCut) request.socket.destroy();
      });
      return;
    }
    const body = await bodyOf(request);
    const said = () => JSON.parse(body.toString());
    if (!pathname.startsWith('/store/')) authorizations.add(request.headers.authorization);
    if (pathname === '/api/repos/create') {
      if (refuse.create !== undefined) return refused('create');
      made.push(said());
      return existing === undefined
        ? json({ url: `${endpoint}/owner/tiny`, id: '1' })
        : json({ error: 'You already created this model repo' }, 409);
    }
    if (pathname === '/api/models/owner/tiny/revision/HEAD')
      return json({ id: 'owner/tiny', private: existing === 'private' });
    const resolved = /^\/owner\/tiny\/resolve\/([^/]+)\/(.+)$/.exec(pathname);
    if (resolved !== null) {
      const [, of, path] = resolved;
      const content = commits.findLast((one) => one.branch === of)?.files.get(path!) ?? card;
      if (content === undefined) {
        response.setHeader('x-error-code', 'EntryNotFound');
        return json({ error: 'Entry not found' }, 404);
      }
      response.setHeader('etag', '"1"');
      if (request.headers.range === undefined) return response.end(content);
      response.statusCode = 206;
      response.setHeader('content-range', `bytes 0-0/${content.length}`);
      return response.end(content.subarray(0, 1));
    }
    const branch = /^\/api\/models\/owner\/tiny\/branch\/(.+)$/.exec(pathname)?.[1];
    if (branch !== undefined) {
      if (branches.has(branch)) return json({ error: 'Reference already exists' }, 409);
      branches.add(branch);
      return json({});
    }
    if (/^\/api\/models\/owner\/tiny\/preupload\/.+$/.test(pathname)) {
      if (refuse.preupload !== undefined) return refused('preupload');
      const files = (said().files as { path: string }[]).map(({ path }) => ({
        ...{ path, uploadMode: /\.(safetensors|onnx)$/.test(path) ? 'lfs' : 'regular' },
      }));
      return json({ files });
    }
    if (pathname === '/owner/tiny.git/info/lfs/objects/batch') {
      const asked = said().objects as { oid: string; size: number }[];
      return json({ transfer: 'basic', objects: asked.map((one) => batched(one)) });
    }
    const stored = /^\/store\/([0-9a-f]{64})$/.exec(pathname)?.[1];
    if (stored !== undefined) {
      const part = searchParams.get('part');
      if (request.headers['content-length'] !== String(body.length)) return json({}, 411); // as S3 does
      if (part === null) objects.set(stored, body);
      else parts.set(stored, (parts.get(stored) ?? new Map()).set(Number(part), body));
      return response.setHeader('etag', `"${part ?? 1}"`).end();
    }
    const whole = /^\/complete\/([0-9a-f]{64})$/.exec(pathname)?.[1];
    if (whole !== undefined) {
      const sent = [...parts.get(whole)!].sort(([a], [b]) => a - b).map(([, bytes]) => bytes);
      objects.set(whole, Buffer.concat(sent));
      return json({});
    }
    const committed = /^\/api\/models\/owner\/tiny\/commit\/(.+)$/.exec(pathname)?.[1];
    if (committed !== undefined) {
      if (refuse.commit !== undefined) return refused('commit');
      if (!branches.has(committed)) return json({ error: 'Invalid rev id' }, 404);
      const lines = body
        .toString()
        .split('\n')
        .map((line) => JSON.parse(line) as CommitLine);
      const [header, ...files] = lines;
      commits.push({
        ...{ branch: committed, summary: header!.value.summary! },
        files: new Map(files.map((line) => [line.value.path!, contentOf(line)])),
      });
      return json({ commitOid: 'abc', commitUrl: `${endpoint}/owner/tiny/commit/abc`, success: true });
    }
    return json({ error: `nobody answers ${pathname}` }, 404);
  };
  const batched = ({ oid, size }: { readonly oid: string; readonly size: number }) => {
    if (objects.has(oid)) return { oid, size };
    const href = `${endpoint}/store/${oid}`;
    if (partSize === undefined) return { oid, size, actions: { upload: { href } } };
    const count = Math.ceil(size / partSize);
    const header = Object.fromEntries(
      Array.from({ length: count }, (_, i) => [String(i + 1).padStart(5, '0'), `${href}?part=${i + 1}`]),
    );
    const upload = {
      href: `${endpoint}/complete/${oid}`,
      header: { ...header, chunk_size: String(partSize) },
    };
    return { oid, size, actions: { upload } };
  };
  const contentOf = ({ key, value }: CommitLine): Buffer => {
    if (key === 'file') return Buffer.from(value.content!, 'base64');
    const object = objects.get(value.oid!)!;
    if (createHash('sha256').update(object).digest('hex') !== value.oid) throw new Error('another content');
    return object;
  };

  const { origin, close } = await onLoopback((request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.statusCode = 500;
      response.end(String(error));
    });
  });
  onTestFinished(close);
  endpoint = origin;
  return { endpoint, requests, authorizations, commits, objects, made };
}

interface CommitLine {
  readonly key: 'header' | 'file' | 'lfsFile';
  readonly value: {
    readonly summary?: string;
    readonly path?: string;
    readonly content?: string;
    readonly oid?: string;
  };
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
