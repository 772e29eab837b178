import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pushToHub } from '../../src/pretrained/push-to-hub.ts';
import { closedEndpoint } from './fake-hub.ts';
import { type FakeUploadHub, startFakeUploadHub } from './fake-upload-hub.ts';
import { temporaryFolder } from './folders.ts';

const weights = Buffer.from(Uint8Array.from({ length: 3_000_000 }, (_, i) => (i * i) >> 3));

function push(endpoint: string, more: Partial<Parameters<typeof pushToHub>[0]> = {}) {
  const file = join(temporaryFolder(), 'model.safetensors');
  writeFileSync(file, weights);
  return pushToHub({
    repo: 'owner/tiny',
    files: [
      { path: 'model.safetensors', file },
      { path: 'attack/run.json', text: '{"é": 1}\n' },
    ],
    message: 'a first version',
    environment: { HF_TOKEN: 'hf_secret', HF_ENDPOINT: endpoint },
    ...more,
  });
}

const withToken = (hub: FakeUploadHub, more: Readonly<Record<string, string>> = {}) => ({
  environment: { HF_TOKEN: 'hf_secret', HF_ENDPOINT: hub.endpoint, ...more },
});

describe('pushToHub', () => {
  it('uploads every file byte for byte in one commit, and counts the bytes as they go', async () => {
    const hub = await startFakeUploadHub();
    const counts: number[] = [];
    const { address, replaced } = await push(hub.endpoint, { onBytes: (sent) => counts.push(sent) });
    expect(address).toBe(`${hub.endpoint}/owner/tiny/commit/abc`);
    expect(replaced).toBeUndefined();
    const [commit] = hub.commits;
    expect(commit).toMatchObject({ branch: 'main', summary: 'a first version' });
    expect([...commit!.files.keys()]).toEqual(['model.safetensors', 'attack/run.json']);
    expect(commit!.files.get('model.safetensors')!.equals(weights)).toBe(true);
    expect(commit!.files.get('attack/run.json')!.toString()).toBe('{"é": 1}\n');
    expect(hub.made).toEqual([{ name: 'tiny', organization: 'owner', type: 'model' }]);
    expect(hub.authorizations).toEqual(new Set(['Bearer hf_secret']));
    expect(counts.length).toBeGreaterThan(5);
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
    expect(counts.at(-1)).toBe(weights.length);
  });

  it('uploads large files in parts where the hub asks for them', async () => {
    const hub = await startFakeUploadHub({ partSize: 1_000_001 });
    const counts: number[] = [];
    await push(hub.endpoint, { onBytes: (sent) => counts.push(sent) });
    expect(hub.requests.filter((one) => one.startsWith('PUT '))).toHaveLength(3);
    expect(hub.commits[0]!.files.get('model.safetensors')!.equals(weights)).toBe(true);
    expect(counts.at(-1)).toBe(weights.length);
  });

  it('gives back what a text was before', async () => {
    const there = await startFakeUploadHub({ existing: 'public', card: Buffer.from('# Ours\n') });
    const replacing = 'attack/run.json';
    expect((await push(there.endpoint, { replacing })).replaced).toBe('# Ours\n');
    expect((await push(there.endpoint, { replacing })).replaced).toBe('{"é": 1}\n');
    const empty = await startFakeUploadHub({ existing: 'public' });
    expect(await push(empty.endpoint, { replacing })).not.toHaveProperty('replaced');
  });

  it('makes a branch, once', async () => {
    const hub = await startFakeUploadHub();
    await push(hub.endpoint, { revision: 'robust' });
    await push(hub.endpoint, { revision: 'robust' });
    expect(hub.commits.map(({ branch }) => branch)).toEqual(['robust', 'robust']);
  });

  it('makes a private repository, and refuses one that is there and public', async () => {
    const none = await startFakeUploadHub();
    await push(none.endpoint, { private: true });
    expect(none.made).toMatchObject([{ visibility: 'private' }]);
    const there = await startFakeUploadHub({ existing: 'private' });
    await push(there.endpoint, { private: true });
    expect(there.commits).toHaveLength(1);
    const open = await startFakeUploadHub({ existing: 'public' });
    await expect(push(open.endpoint, { private: true })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/owner\/tiny is there already, and public.*leave out private/),
    });
    expect(open.requests.join()).not.toMatch(/preupload|commit/);
  });

  it('goes on after an upload that broke off: nothing shows before, and what arrived whole is not sent again', async () => {
    const hub = await startFakeUploadHub({ cut: 1 });
    const two = () => {
      const folder = temporaryFolder();
      const files = ['a.safetensors', 'b.safetensors'].map((path, i) => {
        const file = join(folder, path);
        writeFileSync(file, i === 0 ? weights : weights.subarray(0, 100));
        return { path, file };
      });
      return { files };
    };
    await expect(push(hub.endpoint, two())).rejects.toMatchObject({
      code: 'offline',
      message: expect.stringMatching(
        /^The upload to owner\/tiny broke off \(.+\)\. Nothing of it shows.*the same command goes on\.$/,
      ),
    });
    expect(hub.commits).toEqual([]);
    await push(hub.endpoint, two());
    const before = hub.requests.length;
    expect(hub.commits).toHaveLength(1);
    await push(hub.endpoint, two());
    expect(hub.requests.slice(before).join()).not.toContain('PUT');
    expect(hub.commits.at(-1)!.files.get('a.safetensors')!.equals(weights)).toBe(true);
  });

  it('throws the reason of its signal', async () => {
    const hub = await startFakeUploadHub();
    const controller = new AbortController();
    const reason = new Error('stopped');
    const running = push(hub.endpoint, {
      signal: controller.signal,
      onBytes: () => controller.abort(reason),
    });
    await expect(running).rejects.toBe(reason);
    expect(hub.commits).toEqual([]);
  });

  it.each([
    ['create', 401, 'usage', /does not accept the token \(status 401\)/],
    ['create', 403, 'usage', /does not let this token write to owner\/tiny \(status 403\).*somebody else's/],
    ['preupload', 403, 'usage', /somebody else's.*Choose a name of your own in repoId/],
    ['commit', 404, 'usage', /status 404/],
    [
      'commit',
      422,
      'bad-input',
      /refuses the upload to owner\/tiny, branch main \(status 422\): no commit for you\.$/,
    ],
    ['create', 503, 'offline', /could not be used: status 503. Nothing was uploaded/],
    ['commit', 500, 'offline', /broke off \(status 500\)/],
  ] as const)('says in a sentence what %s answers with %i', async (what, status, code, message) => {
    const hub = await startFakeUploadHub({ refuse: { [what]: status } });
    await expect(push(hub.endpoint)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(hub.commits).toEqual([]);
  });

  it('says in a sentence that there is no token, no network, or none that may be used', async () => {
    const hub = await startFakeUploadHub();
    const nobody = { HF_ENDPOINT: hub.endpoint, HF_HOME: temporaryFolder() };
    await expect(push('', { environment: nobody })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/^No token: .*HF_TOKEN.*hf auth login/),
    });
    await expect(push('', withToken(hub, { HF_HUB_OFFLINE: '1' }))).rejects.toMatchObject({
      code: 'offline',
    });
    await expect(push('', withToken(hub, { HF_TOKEN: 'secret' }))).rejects.toThrow('must start with "hf_"');
    for (const odd of ['hf_one\nhf_two', 'hf_“quoted”', 'hf_a b']) {
      const refused = await push('', withToken(hub, { HF_TOKEN: odd })).catch((thrown) => thrown);
      expect(refused).toMatchObject({ code: 'usage', message: expect.stringContaining('Copy it again') });
      expect(refused.message).not.toContain(odd.slice(0, 6));
    }
    expect(hub.requests).toEqual([]);
    const closed = await closedEndpoint();
    await expect(push(closed)).rejects.toMatchObject({
      code: 'offline',
      message: expect.stringMatching(/could not be used: .*ECONNREFUSED.*HF_ENDPOINT/),
    });
  });
});
