import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { resolveDataFile } from '../../src/pretrained/resolve-data-file.ts';
import { onLoopback } from '../on-loopback.ts';
import { closedEndpoint, fakeCommit, gitHash } from './fake-hub.ts';
import { temporaryFolder } from './folders.ts';

const content = readFileSync(join(import.meta.dirname, '../fixtures/data/reviews.parquet'));
const path = 'default/train/0000.parquet';

/** The parts of the hub that give one file of the data set `owner/reviews`, on its Parquet branch. */
async function startHub({ sent = content } = {}) {
  const requests: string[] = [];
  const { origin: endpoint, close } = await onLoopback((request, response) => {
    const { pathname } = new URL(request.url!, 'http://localhost');
    requests.push(pathname);
    const json = (body: unknown) =>
      response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
    if (decodeURIComponent(pathname) === '/api/datasets/owner/reviews/revision/refs/convert/parquet')
      return json({ id: 'owner/reviews', sha: fakeCommit });
    if (pathname === `/api/datasets/owner/reviews/paths-info/${fakeCommit}`) {
      let body = '';
      request.on('data', (chunk) => {
        body += chunk;
      });
      return request.on('end', () => {
        const { paths } = JSON.parse(body) as { paths: readonly string[] };
        const entry = { path, type: 'file', size: content.length, oid: gitHash(content) };
        json(paths[0] === path ? [entry] : []);
      });
    }
    if (pathname !== `/datasets/owner/reviews/resolve/${fakeCommit}/${path}`) {
      response.statusCode = 404;
      return json({ error: 'Repository not found' });
    }
    response.setHeader('etag', `"${gitHash(content)}"`);
    if (request.headers.range === 'bytes=0-0') {
      response.statusCode = 206;
      return response.setHeader('content-range', `bytes 0-0/${sent.length}`).end(sent.subarray(0, 1));
    }
    return response.end(sent);
  });
  onTestFinished(close);
  return { endpoint, requests };
}

const source = `hf://datasets/owner/reviews@~parquet/${path}`;

describe('resolveDataFile', () => {
  it.each([
    ['https://example.org/train.csv', /is an address, and vda reads files: download it.*PATH\.$/],
    [
      'https://huggingface.co/datasets/owner/reviews/resolve/main/data/train.csv?download=true',
      /\(here hf:\/\/datasets\/owner\/reviews\/data\/train\.csv\)/,
    ],
    [
      'https://huggingface.co/datasets/owner/reviews/blob/refs%2Fconvert%2Fparquet/default/0000.parquet',
      /\(here hf:\/\/datasets\/owner\/reviews@refs%2Fconvert%2Fparquet\/default\/0000\.parquet\)/,
    ],
  ])('says what is to be given in place of the address %s', async (address, message) => {
    await expect(resolveDataFile(address)).rejects.toThrow(message);
  });

  it('fetches a file of a data set once, into the cache, and has it without a network', async () => {
    const hub = await startHub();
    const home = temporaryFolder();
    const environment = { HF_HOME: home, HF_ENDPOINT: hub.endpoint };
    const steps: number[] = [];
    const onProgress = ({ loaded }: { loaded: number }) => void steps.push(loaded);
    const file = await resolveDataFile(source, { environment, onProgress });
    expect(file).toBe(join(home, 'hub/datasets--owner--reviews/snapshots', fakeCommit, path));
    expect(readFileSync(file)).toEqual(content);
    expect(steps.at(-1)).toBe(content.length);
    hub.requests.splice(0);
    expect(await resolveDataFile(source, { environment })).toBe(file);
    expect(hub.requests.filter((one) => one.includes('/resolve/'))).toEqual([]);

    const notices: string[] = [];
    const away = { HF_HOME: home, HF_ENDPOINT: await closedEndpoint() };
    const onNotice = (notice: string) => void notices.push(notice);
    expect(await resolveDataFile(source, { environment: away, onNotice })).toBe(file);
    expect(notices).toEqual([expect.stringContaining('using the cached copy')]);
    expect(await resolveDataFile(source, { environment: { ...away, HF_HUB_OFFLINE: '1' } })).toBe(file);
  });

  it('leaves a path as it is', async () => {
    expect(await resolveDataFile('train.tsv')).toBe('train.tsv');
  });

  it.each([
    [
      `hf://datasets/owner/reviews@~parquet/other.parquet`,
      'not-found',
      /has no file other\.parquet at revision refs\/convert/,
    ],
    [
      `hf://datasets/owner/other/${path}`,
      'not-found',
      /does not give data set owner\/other, revision main \(status 404\)/,
    ],
    ['hf://owner/reviews/x.parquet', 'usage', /expected hf:\/\/datasets\/OWNER/],
    ['hf://datasets/owner/reviews/../../x', 'usage', /expected hf:\/\/datasets\/OWNER/],
  ])('refuses %s', async (address, code, message) => {
    const { endpoint } = await startHub();
    const environment = { HF_HOME: temporaryFolder(), HF_ENDPOINT: endpoint };
    await expect(resolveDataFile(address, { environment })).rejects.toMatchObject({
      ...{ code, message: expect.stringMatching(message) },
    });
  });

  it('refuses content that is not what the hub announced, and says where there is no network', async () => {
    const { endpoint } = await startHub({ sent: Buffer.from(content).fill(7, 100, 110) });
    const environment = { HF_HOME: temporaryFolder(), HF_ENDPOINT: endpoint };
    await expect(resolveDataFile(source, { environment })).rejects.toMatchObject({ code: 'bad-input' });
    const away = { HF_HOME: temporaryFolder(), HF_ENDPOINT: await closedEndpoint() };
    await expect(resolveDataFile(source, { environment: away })).rejects.toMatchObject({ code: 'offline' });
  });
});
