import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { main } from '../../src/cli/main.ts';
import { closedEndpoint } from '../pretrained/fake-hub.ts';
import { startFakeUploadHub } from '../pretrained/fake-upload-hub.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { memoryIo } from './memory-io.ts';
import { tinyTraining } from './tiny-training.ts';

async function run(argv: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { io, written } = memoryIo({ env });
  const code = await main(argv, io);
  return { code, stdout: written.stdout, stderr: written.stderr.replaceAll(/\s+/g, ' ') };
}

let kept: string;
/** A run with two attacks below it, one beside it, and one on another model; trained once, copied for each test. */
beforeAll(async () => {
  const { folder, argv, trainFile } = tinyTraining(mkdtempSync(join(tmpdir(), 'vda-push-')));
  const done = async (...words: readonly string[]) => {
    const { code, stderr } = await run(words);
    expect(code, stderr).toBe(0);
  };
  const attack = (model: string, recipe: string, to: string) =>
    done(
      ...['attack', '--model', join(folder, model), '--test-file', trainFile, '--recipe', recipe],
      ...['--num-examples', '6', '--num-threads', '1', '--output-dir', join(folder, to)],
    );
  await done(...argv('robust', '--validation-file', trainFile));
  await done(...argv('other', '--seed', '1', '--no-onnx'));
  await attack('robust', 'deepwordbug', 'robust/attack');
  await attack('robust', 'pwws', 'robust/attacks/pwws');
  await attack('robust', 'textfooler', 'elsewhere');
  await attack('other', 'deepwordbug', 'robust/attacks/of-another');
  kept = folder;
}, 180_000);
afterAll(() => rmSync(kept, { recursive: true, force: true }));

/** The folders of {@link kept}, for a test to change. */
function copied() {
  const folder = temporaryFolder();
  cpSync(kept, folder, { recursive: true });
  return { folder, run: join(folder, 'robust'), card: join(folder, 'robust/README.md') };
}

const push = (folder: string, more: readonly string[] = [], env: Readonly<Record<string, string>> = {}) =>
  run(['push', folder, '--repo-id', 'owner/tiny', ...more], env);

const resultsIn = (card: string) => parse(card.split('---\n')[1]!)['model-index'][0].results;

describe('vda push', { timeout: 120_000 }, () => {
  test('a dry run writes the card and lists the files, and asks nothing of the network', async () => {
    const { run: folder, card } = copied();
    const hub = await startFakeUploadHub();
    const before = readFileSync(card, 'utf8');
    expect(before).toContain('before any attack');
    const { code, stdout, stderr } = await push(folder, ['--dry-run'], { HF_ENDPOINT: hub.endpoint });
    expect(code, stderr).toBe(0);
    expect(hub.requests).toEqual([]);
    const paths = stdout.split('\n').map((line) => line.split(' ')[0]);
    expect(paths).toEqual([
      ...['File', 'README.md', 'config.json', 'tokenizer_config.json', 'tokenizer.json'],
      ...['special_tokens_map.json', 'vocab.txt', 'model.safetensors', 'onnx/model.onnx', 'run.json'],
      'metrics.jsonl',
      ...['attack', 'attacks/pwws'].flatMap((one) =>
        ['attack.json', 'summary.json', 'run.json'].map((name) => `${one}/${name}`),
      ),
      ...['16', ''],
    ]);
    expect(stdout).toMatch(/\nmodel\.safetensors +\d+(\.\d+)? KiB\n/);
    expect(stderr).toMatch(/of-another is left out: it attacked another model \(other weights\)\./);
    const after = readFileSync(card, 'utf8');
    expect(after).not.toContain('before any attack');
    expect(after).toMatch(/\| pwws \| – \| WordNet \| 6 texts of train\.tsv \| \d+\.0 % \[/);
    expect(after).toMatch(/\| deepwordbug \| – \| its own rules \| 6 texts of train\.tsv \|/);
    const [validation, bugs, words] = resultsIn(after);
    expect(validation.metrics[0].type).toBe('accuracy');
    const summary = JSON.parse(readFileSync(join(folder, 'attacks/pwws/summary.json'), 'utf8'));
    expect(words).toMatchObject({ task: { type: 'text-classification' }, dataset: { name: 'train.tsv' } });
    expect(words.metrics).toContainEqual({
      ...{ type: 'accuracy_under_attack', value: Number(summary.metrics.attAcc.value.toFixed(4)) },
      name: 'Accuracy under attack: pwws (default), 6 texts of train.tsv',
    });
    expect(bugs.metrics[1].name).toContain('deepwordbug');
    // Once more: the same card, to the letter.
    await push(folder, ['--dry-run']);
    expect(readFileSync(card, 'utf8')).toBe(after);
  });

  test('what arrives is what lies there, but for the folders of this machine', async () => {
    const { folder, run: model } = copied();
    const hub = await startFakeUploadHub();
    const env = { HF_ENDPOINT: hub.endpoint, HF_TOKEN: 'hf_secret' };
    const argv = ['--attack', join(folder, 'elsewhere'), '--commit-message', 'first', '--revision', 'v1'];
    const { code, stdout, stderr } = await push(model, argv, env);
    expect(code, stderr).toBe(0);
    expect(stdout).toBe(`${hub.endpoint}/owner/tiny/commit/abc\n`);
    expect(stderr).toMatch(/owner\/tiny \(\d+ KiB\) 100% \d+\/\d+ .* B\/s/);
    const [commit] = hub.commits;
    expect(commit).toMatchObject({ branch: 'v1', summary: 'first' });
    const files = commit!.files;
    for (const name of [
      'model.safetensors',
      'onnx/model.onnx',
      'config.json',
      'tokenizer.json',
      'metrics.jsonl',
    ])
      expect(files.get(name)!.equals(readFileSync(join(model, name))), name).toBe(true);
    expect([...files.keys()].filter((path) => path.startsWith('attacks/elsewhere/'))).toHaveLength(3);
    expect(resultsIn(files.get('README.md')!.toString())).toHaveLength(4);
    const large = /\.(safetensors|onnx)$/;
    for (const [path, content] of files) {
      if (large.test(path)) continue;
      for (const place of [kept, folder, tmpdir()]) expect(content.toString(), path).not.toContain(place);
      expect(content.toString(), path).not.toContain('results.jsonl');
    }
    const record = JSON.parse(files.get('run.json')!.toString());
    expect(record.options).toMatchObject({ model: 'model', trainFile: 'train.tsv', outputDir: 'robust' });
    const own = JSON.parse(readFileSync(join(model, 'run.json'), 'utf8'));
    expect(record.identity).toEqual(own.identity);
    expect(own.options.trainFile).toContain(kept);
    expect(files.get('README.md')!.toString()).toContain('vda train --model model --train-file train.tsv');
  });

  test('the attacked texts go along only where that is asked', async () => {
    const { run: folder } = copied();
    const { stdout } = await push(folder, ['--with-texts', '--dry-run']);
    expect(stdout).toContain('attack/results.jsonl');
    expect(stdout).toContain('attacks/pwws/results.jsonl');
  });

  test('keeps what a person wrote into the card, front matter and comments too', async () => {
    const { run: folder, card } = copied();
    const edited = readFileSync(card, 'utf8')
      .replace('pipeline_tag:', '# ours\nlicense: mit # as agreed\npipeline_tag:')
      .replace('## Training', 'Our own words about `robustness`.\n\n## Training');
    writeFileSync(card, edited);
    await push(folder, ['--dry-run']);
    const after = readFileSync(card, 'utf8');
    for (const part of [
      '# ours\nlicense: mit # as agreed\n',
      'Our own words about `robustness`.\n\n## Training',
    ])
      expect(after).toContain(part);
    const outside = (text: string) =>
      text.replace(/^---\n[\s\S]*?\n---\n/, '').replace(/<!-- robustness[\s\S]*end mark -->\n/, '');
    expect(outside(after)).toBe(outside(edited));
  });

  test('says of what is wrong in a line, and uploads nothing', async () => {
    const { folder, run: model } = copied();
    const hub = await startFakeUploadHub({ refuse: { create: 403 } });
    const closed = await closedEndpoint();
    const token = { HF_TOKEN: 'hf_secret' };
    const refused = async (result: ReturnType<typeof run>, message: RegExp, code = 2) => {
      const { code: got, stderr } = await result;
      expect(stderr).toMatch(message);
      expect(stderr).not.toMatch(/ at .*\.ts:|likely a bug/);
      expect(got).toBe(code);
    };
    const at = { HF_ENDPOINT: hub.endpoint, HF_HOME: temporaryFolder() };
    await refused(push(model, [], at), /No token: .*HF_TOKEN/);
    await refused(push(model, [], { ...at, ...token }), /status 403.*somebody else's.*--repo-id/);
    await refused(push(model, [], { ...token, HF_ENDPOINT: closed }), /could not be used: .*ECONNREFUSED/, 1);
    await refused(run(['push', model, '--repo-id', 'tiny']), /--repo-id: expected OWNER\/NAME, got "tiny"/);
    await refused(run(['push', model, '--repo-id', 'o/a--b']), /nor has two of them together/);
    await refused(run(['push', model]), /--repo-id/);
    await refused(push(model, ['--token', 'hf_x']), /unknown option --token: a token is read from HF_TOKEN/);
    await refused(push(join(folder, 'model')), /holds no run: there is no run\.json/, 1);
    await refused(push(join(folder, 'nowhere')), /nowhere is not a folder/, 1);
    await refused(push(join(folder, 'elsewhere')), /is a folder of vda attack, not of vda train/, 1);
    await refused(push(model, ['--attack', join(folder, 'model'), '--dry-run']), /holds no attack/, 1);
    const other = ['--attack', join(model, 'attacks/of-another'), '--dry-run'];
    await refused(push(model, other), /of-another is no attack for the card .*other weights/, 1);
    rmSync(join(model, 'model.safetensors'));
    await refused(push(model), /has no model\.safetensors: its training has not ended/, 1);
    expect(hub.commits).toEqual([]);
  });

  test('says that a card was edited on the hub, and nothing of one that has other attacks alone', async () => {
    const { folder, run: model, card } = copied();
    const pushTo = async (content: string) => {
      const hub = await startFakeUploadHub({ existing: 'public', card: Buffer.from(content) });
      const { code, stderr } = await push(model, [], { HF_ENDPOINT: hub.endpoint, HF_TOKEN: 'hf_secret' });
      expect(code, stderr).toBe(0);
      expect(hub.commits).toHaveLength(1);
      return stderr;
    };
    const fresh = readFileSync(card, 'utf8').replaceAll(`${folder}/`, '').replaceAll(`${kept}/`, '');
    const message = /README\.md of owner\/tiny said something else beside the attacks, .*history/;
    expect(await pushTo(fresh)).not.toMatch(message);
    expect(await pushTo(fresh.replace('## Training', 'By us.\n\n## Training'))).toMatch(message);
    expect(await pushTo('---\na: [\n---\n')).toMatch(message);
  });

  test('stopped in the middle, it says what is kept and how to go on', async () => {
    const { run: folder } = copied();
    const hub = await startFakeUploadHub();
    const stop = new AbortController();
    const lines: string[] = [];
    const write = (line: string) => {
      lines.push(line);
      if (/\d%/.test(line)) stop.abort(new DOMException('interrupted', 'AbortError'));
    };
    const { io } = memoryIo({
      env: { HF_ENDPOINT: hub.endpoint, HF_TOKEN: 'hf_secret' },
      stderr: { write, isTTY: true, columns: 100 },
      signal: stop.signal,
    });
    expect(await main(['push', folder, '--repo-id', 'owner/tiny'], io)).toBe(1);
    expect(lines.join('')).toMatch(
      /Stopped: nothing shows in owner\/tiny yet.*goes on: vda push .* --repo-id owner\/tiny\n/,
    );
    expect(hub.commits).toEqual([]);
    const { code } = await push(folder, [], { HF_ENDPOINT: hub.endpoint, HF_TOKEN: 'hf_secret' });
    expect(code).toBe(0);
    expect(hub.commits).toHaveLength(1);
  });

  test('makes a card where there is none, and leaves it alone without attacks', async () => {
    const { run: folder, card } = copied();
    rmSync(card);
    await push(folder, ['--dry-run']);
    expect(readFileSync(card, 'utf8')).toMatch(
      /^---\n[\s\S]*model-index:[\s\S]*---\n\n?# robust\n\n<!-- robustness/,
    );
    rmSync(join(folder, 'attack'), { recursive: true });
    rmSync(join(folder, 'attacks'), { recursive: true });
    const before = readFileSync(card, 'utf8');
    const { stderr } = await push(folder, ['--dry-run']);
    expect(stderr).toContain('No finished attack on this model was found');
    expect(readFileSync(card, 'utf8')).toBe(before);
    expect(existsSync(join(folder, '.vda.lock'))).toBe(false);
  });
});
