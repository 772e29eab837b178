import { existsSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type DownloadProgress, resolveModel } from '../../src/pretrained/resolve-model.ts';
import { closedEndpoint, fakeCommit, gitHash, sha256Of, startFakeHub } from './fake-hub.ts';
import { temporaryFolder } from './folders.ts';

const files = {
  'config.json': Buffer.from('{"model_type":"bert"}'),
  'vocab.txt': Buffer.from('[PAD]\n[UNK]\n'),
  'model.safetensors': Buffer.alloc(70_000, 'weights'),
  'pytorch_model.bin': Buffer.from('pickled'),
  'README.md': Buffer.from('# tiny'),
};

describe('resolveModel with a hub', () => {
  it('downloads what is needed into the layout that Python programs share', async () => {
    const hub = await startFakeHub(files);
    const home = temporaryFolder();
    const progress: DownloadProgress[] = [];
    const folder = await resolveModel('owner/tiny', {
      environment: { HF_HOME: home, HF_ENDPOINT: `${hub.endpoint}/`, HF_TOKEN: 'hf_secret' },
      onProgress: (step) => progress.push(step),
    });
    const repo = join(home, 'hub/models--owner--tiny');
    expect(folder).toBe(join(repo, 'snapshots', fakeCommit));
    expect(readdirSync(folder).sort()).toEqual(['config.json', 'model.safetensors', 'vocab.txt']);
    expect(readFileSync(join(folder, 'model.safetensors'))).toEqual(files['model.safetensors']);
    expect(readFileSync(join(repo, 'refs/main'), 'utf8')).toBe(fakeCommit);
    const hashes = [
      gitHash(files['config.json']),
      gitHash(files['vocab.txt']),
      sha256Of(files['model.safetensors']),
    ];
    expect(readdirSync(join(repo, 'blobs')).sort()).toEqual(hashes.sort());
    expect(readlinkSync(join(folder, 'config.json'))).toBe(`../../blobs/${gitHash(files['config.json'])}`);
    const whole = { file: 'model.safetensors', loaded: 70_000, total: 70_000 };
    expect(progress.at(-1)).toEqual(whole);
    expect([...hub.authorizations]).toEqual(['Bearer hf_secret']);
  });

  it('downloads nothing twice, and only what was deleted', async () => {
    const hub = await startFakeHub(files);
    const environment = { HF_HUB_CACHE: temporaryFolder(), HF_ENDPOINT: hub.endpoint, HF_HOME: '/nowhere' };
    const folder = await resolveModel('owner/tiny', { environment });
    const asked = () => hub.requests.splice(0).filter((path) => path.includes('/resolve/'));
    expect(new Set(asked()).size).toBe(3);
    await resolveModel('owner/tiny', { environment });
    expect(asked()).toEqual([]);
    rmSync(readLink(join(folder, 'vocab.txt')));
    await resolveModel('owner/tiny', { environment });
    expect(new Set(asked())).toEqual(new Set([`/owner/tiny/resolve/${fakeCommit}/vocab.txt`]));
    expect(readFileSync(join(folder, 'vocab.txt'))).toEqual(files['vocab.txt']);
  });

  it.each(['deberta-v2', 'electra', 'xlm-roberta', 'modernbert', 't5'])(
    'refuses a model of type %s before its weights are downloaded, saying what is supported',
    async (type) => {
      const hub = await startFakeHub({ ...files, 'config.json': Buffer.from(`{"model_type":"${type}"}`) });
      const environment = { HF_HOME: temporaryFolder(), HF_ENDPOINT: hub.endpoint };
      await expect(resolveModel('owner/tiny', { environment })).rejects.toMatchObject({
        code: 'unsupported',
        message: expect.stringMatching(
          new RegExp(
            `^owner/tiny, config.json: model_type is "${type}". This version supports bert, .*roberta`,
          ),
        ),
      });
      expect(hub.requests.filter((path) => path.endsWith('model.safetensors'))).toEqual([]);
    },
  );

  it('takes shards and their index', async () => {
    const sharded = {
      'config.json': files['config.json'],
      'model.safetensors.index.json': Buffer.from('{"weight_map":{}}'),
      'model-00001-of-00002.safetensors': Buffer.from('1'),
      'model-00002-of-00002.safetensors': Buffer.from('22'),
    };
    const hub = await startFakeHub(sharded);
    const environment = { HF_HOME: temporaryFolder(), HF_ENDPOINT: hub.endpoint };
    const folder = await resolveModel('owner/tiny', { environment });
    expect(readdirSync(folder).sort()).toEqual(Object.keys(sharded).sort());
    const alone = { ...environment, HF_HUB_OFFLINE: '1' };
    expect(await resolveModel('owner/tiny', { environment: alone })).toBe(folder);
    rmSync(join(folder, 'model-00002-of-00002.safetensors'));
    await expect(resolveModel('owner/tiny', { environment: alone })).rejects.toThrow(
      /nor whole in the cache/,
    );
  });

  it.each([
    ['cut short', files['model.safetensors'].subarray(0, 100), /expected 70000 bytes, got 100/],
    ['changed', Buffer.alloc(70_000, 'other'), /expected content with hash [0-9a-f]{64}, got/],
  ])('refuses content that was %s on the way, and leaves nothing of it', async (_, content, message) => {
    const hub = await startFakeHub(files, { sent: { 'model.safetensors': content } });
    const home = temporaryFolder();
    const environment = { HF_HOME: home, HF_ENDPOINT: hub.endpoint };
    await expect(resolveModel('owner/tiny', { environment })).rejects.toThrow(message);
    const repo = join(home, 'hub/models--owner--tiny');
    expect(readdirSync(join(repo, 'blobs'))).toHaveLength(2);
    expect(existsSync(join(repo, 'refs/main'))).toBe(false);
  });

  it('takes a pickled checkpoint where there is no other, shards too', async () => {
    const { 'model.safetensors': _, ...pickled } = files;
    const hub = await startFakeHub(pickled);
    const environment = { HF_HOME: temporaryFolder(), HF_ENDPOINT: hub.endpoint };
    const folder = await resolveModel('owner/tiny', { environment });
    expect(readdirSync(folder).sort()).toEqual(['config.json', 'pytorch_model.bin', 'vocab.txt']);
    expect(await resolveModel('owner/tiny', { environment: { ...environment, HF_HUB_OFFLINE: '1' } })).toBe(
      folder,
    );
    const sharded = {
      'config.json': files['config.json'],
      'pytorch_model.bin.index.json': Buffer.from('{"weight_map":{}}'),
      'pytorch_model-00001-of-00001.bin': Buffer.from('1'),
    };
    const other = await startFakeHub(sharded);
    const elsewhere = { HF_HOME: temporaryFolder(), HF_ENDPOINT: other.endpoint };
    expect(readdirSync(await resolveModel('owner/tiny', { environment: elsewhere })).sort()).toEqual(
      Object.keys(sharded).sort(),
    );
  });

  it('says how to convert a model that has other weights, its tokenizer too', async () => {
    const hub = await startFakeHub({ 'config.json': files['config.json'], 'tf_model.h5': Buffer.from('h5') });
    const environment = { HF_HOME: temporaryFolder(), HF_ENDPOINT: hub.endpoint };
    await expect(resolveModel('owner/tiny', { environment })).rejects.toThrow(
      /no model\.safetensors or pytorch_model\.bin.*tf_model\.h5 is not read.*AutoModelForSequenceClassification as Model.*from_pretrained\("owner\/tiny", from_tf=True\)\.save_pretrained\("tiny-safetensors"\); Tokenizer\./,
    );
  });

  it('says how to make a model of an adapter', async () => {
    const hub = await startFakeHub({ 'adapter_config.json': Buffer.from('{}') });
    const environment = { HF_HOME: temporaryFolder(), HF_ENDPOINT: hub.endpoint };
    await expect(resolveModel('owner/tiny', { environment })).rejects.toThrow(
      /owner\/tiny on the hub is no model of its own.*merge_and_unload/,
    );
  });

  it('explains a model that the hub does not give', async () => {
    const hub = await startFakeHub(files);
    const environment = { HF_HOME: temporaryFolder(), HF_ENDPOINT: hub.endpoint };
    await expect(resolveModel('owner/other', { environment })).rejects.toThrow(
      expect.objectContaining({
        code: 'not-found',
        message: expect.stringMatching(/status 404.*set HF_TOKEN/),
      }),
    );
  });

  it('stops at the signal, with its reason', async () => {
    const hub = await startFakeHub(files);
    const home = temporaryFolder();
    const controller = new AbortController();
    const run = resolveModel('owner/tiny', {
      environment: { HF_HOME: home, HF_ENDPOINT: hub.endpoint },
      signal: controller.signal,
      onProgress: () => controller.abort(new Error('enough')),
    });
    await expect(run).rejects.toThrow('enough');
    expect(existsSync(join(home, 'hub/models--owner--tiny/refs/main'))).toBe(false);
  });

  it('refuses a token that cannot be one before sending it', async () => {
    const hub = await startFakeHub(files);
    const environment = { HF_HOME: temporaryFolder(), HF_ENDPOINT: hub.endpoint, HF_TOKEN: 'password' };
    await expect(resolveModel('owner/tiny', { environment })).rejects.toThrow(/must start with "hf_"/);
    expect(hub.requests).toEqual([]);
  });
});

describe('resolveModel without a network', () => {
  it('uses the cached copy, with a notice where offline was not asked for', async () => {
    const hub = await startFakeHub(files);
    const environment = { HF_HOME: temporaryFolder(), HF_ENDPOINT: hub.endpoint };
    const folder = await resolveModel('owner/tiny', { environment });
    const notices: string[] = [];
    const onNotice = (notice: string) => notices.push(notice);
    const asked = hub.requests.length;
    const offline = { ...environment, HF_HUB_OFFLINE: '1' };
    expect(await resolveModel('owner/tiny', { environment: offline, onNotice })).toBe(folder);
    expect([notices, hub.requests.length]).toEqual([[], asked]);
    const cut = { ...environment, HF_ENDPOINT: await closedEndpoint() };
    expect(await resolveModel('owner/tiny', { environment: cut, onNotice })).toBe(folder);
    expect(notices).toEqual([expect.stringMatching(/Could not reach .*ECONNREFUSED.*cached copy/)]);
  });

  it.each([
    ['the variable is set', { HF_HUB_OFFLINE: 'True' }, /HF_HUB_OFFLINE.* is set/],
    ['nothing answers', {}, /ECONNREFUSED/],
  ])('says what was tried and what to do when nothing is cached and %s', async (_, variables, why) => {
    const environment = { HF_HOME: temporaryFolder(), HF_ENDPOINT: await closedEndpoint(), ...variables };
    const failure = await resolveModel('owner/tiny', { environment }).catch((thrown: unknown) => thrown);
    expect(failure).toMatchObject({ name: 'VdaError', code: 'offline' });
    const message = (failure as Error).message;
    expect(message).toMatch(why);
    expect(message).toContain(join(environment.HF_HOME, 'hub/models--owner--tiny'));
    expect(message).toMatch(/path of a model folder.*hf download owner\/tiny.*HF_ENDPOINT/);
  });

  it('returns a folder as it is and explains what is not one', async () => {
    const folder = temporaryFolder();
    expect(await resolveModel(folder)).toBe(folder);
    writeFileSync(join(folder, 'file'), '');
    await expect(resolveModel(join(folder, 'file'))).rejects.toThrow(/is a file; expected the folder/);
    await expect(resolveModel('./no/such/folder')).rejects.toThrow(/not a folder, and no name/);
    for (const address of ['https://huggingface.co/owner/tiny/tree/main', 'hf://owner/tiny'])
      await expect(resolveModel(address)).rejects.toThrow(
        /is an address; expected a folder.*such as owner\/tiny\./,
      );
  });
});

const readLink = (path: string) => join(path, '..', readlinkSync(path));
