import { appendFileSync, cpSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { main } from '../../src/cli/main.ts';
import { writeWholeModel } from '../inference/whole-model.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { memoryIo } from './memory-io.ts';
import { tinyTraining } from './tiny-training.ts';

async function run(argv: readonly string[]) {
  const { io, written } = memoryIo();
  const code = await main(argv, io);
  return { code, stdout: written.stdout, stderr: written.stderr.replaceAll(/\s+/g, ' ') };
}

const identityIn = (folder: string, file: string) =>
  JSON.parse(readFileSync(join(folder, file), 'utf8')).identity as { readonly hash: string };

/** Writes a field of a JSON file anew. */
function edit(path: string, change: Record<string, unknown>): void {
  writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...change }));
}

describe('a training', () => {
  const steps = [
    '--vda',
    '--top-k',
    '8',
    '--max-steps',
    '4',
    '--save-strategy',
    'steps',
    '--save-steps',
    '2',
  ];

  it('is the same under other paths and names, with other logging, threads and test texts', async () => {
    const { folder, model, trainFile, argv } = tinyTraining();
    expect((await run(argv('run', ...steps))).code).toBe(0);
    const elsewhere = temporaryFolder();
    cpSync(model, join(elsewhere, 'renamed'), { recursive: true });
    cpSync(trainFile, join(elsewhere, 'texts.tsv'));
    const moved = [
      ...['--model', join(elsewhere, 'renamed'), '--train-file', join(elsewhere, 'texts.tsv')],
      ...['--logging-steps', '2', '--num-threads', '2', '--test-file', trainFile],
    ];
    expect((await run([...argv('other', ...steps), ...moved])).code).toBe(0);
    const [first, second] = ['run', 'other'].map((name) => identityIn(join(folder, name), 'run.json'));
    expect(second).toEqual(first);
    const bytes = (name: string) => readFileSync(join(folder, name, 'model.safetensors'));
    expect(bytes('other').equals(bytes('run'))).toBe(true);
    const resumed = [...argv('run', ...steps), ...moved, '--resume-from-checkpoint', 'last'];
    expect(await run(resumed)).toMatchObject({ code: 0 });
  });

  it.each([
    [
      'a file of the model',
      'model',
      { layer_norm_eps: 1e-6 },
      /model\.config\.json: \w{12} there, \w{12} now/,
    ],
    ['the masked LM', 'mlm', { layer_norm_eps: 1e-6 }, /maskedLm\.config\.json: \w{12} there, \w{12} now/],
  ])('is not gone on with after %s was changed in place', async (_, changed, change, message) => {
    const { folder, model, argv } = tinyTraining();
    const mlm = join(folder, 'mlm');
    cpSync(model, mlm, { recursive: true });
    const command = argv('run', ...steps, '--mlm', mlm);
    expect((await run(command)).code).toBe(0);
    edit(join(folder, changed, 'config.json'), change);
    const { code, stderr } = await run([...command, '--resume-from-checkpoint', 'last']);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });

  it('is not gone on with after a tokenizer file was changed, though its tokens are the same', async () => {
    const { model, argv } = tinyTraining();
    expect((await run(argv('run', ...steps))).code).toBe(0);
    appendFileSync(join(model, 'vocab.txt'), '\n');
    const { code, stderr } = await run([...argv('run', ...steps), '--resume-from-checkpoint', 'last']);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/model\.vocab\.txt: \w{12} there, \w{12} now/)]);
  });
});

describe('an attack', () => {
  function setUp() {
    const folder = temporaryFolder();
    for (const name of ['victim', 'mlm']) writeWholeModel(folderIn(folder, name));
    writeFileSync(join(folder, 'test.tsv'), 'text\tlabel\na good film\t0\nthe plot is bad\t1\nso sad\t0\n');
    writeFileSync(
      join(folder, 'near.json'),
      JSON.stringify({ good: ['great', 'fine'], bad: ['awful'], sad: ['dull'] }),
    );
    const argv = (more: readonly string[] = [], at = folder): string[] => [
      ...[
        'attack',
        '--model',
        join(at, 'victim'),
        '--mlm',
        join(at, 'mlm'),
        '--test-file',
        join(at, 'test.tsv'),
      ],
      ...[
        '--similarity',
        join(at, 'near.json'),
        '--antonyms',
        'none',
        '--output-dir',
        join(folder, 'attack'),
      ],
      ...['--num-threads', '1', ...more],
    ];
    return { folder, argv };
  }

  it('goes on after model, masked LM, lexicon and texts were moved and renamed', async () => {
    const { folder, argv } = setUp();
    expect(await run(argv())).toMatchObject({ code: 0 });
    const before = identityIn(join(folder, 'attack'), 'attack.json');
    const elsewhere = join(temporaryFolder(), 'moved');
    cpSync(folder, elsewhere, { recursive: true });
    for (const [from, to] of [
      ['victim', 'my-victim'],
      ['test.tsv', 'texts.tsv'],
      ['near.json', 'words.json'],
    ] as const) {
      renameSync(join(elsewhere, from), join(elsewhere, to));
    }
    const renamed = argv([], elsewhere).map((word) =>
      word
        .replace(/moved\/victim$/, 'moved/my-victim')
        .replace('moved/test', 'moved/texts')
        .replace('moved/near', 'moved/words'),
    );
    expect(await run(renamed)).toMatchObject({ code: 0 });
    expect(identityIn(join(folder, 'attack'), 'attack.json')).toEqual(before);
  });

  it.each([
    ['the lexicon', 'near.json', /attack\.constraints\.neighbour-table\.content: \w{12} there, \w{12} now/],
    ["the victim's tokenizer", 'victim/vocab.txt', /victim\.model\.vocab\.txt: \w{12} there, \w{12} now/],
    ["the masked LM's tokenizer", 'mlm/vocab.txt', /maskedLm\.model\.vocab\.txt: \w{12} there, \w{12} now/],
  ])('is another one after a byte of %s was changed', async (_, file, message) => {
    const { folder, argv } = setUp();
    expect(await run(argv())).toMatchObject({ code: 0 });
    appendFileSync(join(folder, file), '\n');
    const { code, stderr } = await run(argv());
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });

  it('is another one on other texts, but not in another file', async () => {
    const { folder, argv } = setUp();
    expect(await run(argv())).toMatchObject({ code: 0 });
    const text = readFileSync(join(folder, 'test.tsv'), 'utf8');
    writeFileSync(join(folder, 'test.tsv'), text.replaceAll('\n', '\r\n'));
    expect(await run(argv())).toMatchObject({ code: 0 });
    writeFileSync(join(folder, 'test.tsv'), text.replace('so sad', 'so bad'));
    const { code, stderr } = await run(argv());
    expect([code, stderr]).toEqual([1, expect.stringMatching(/examples\.content: \w{12} there, \w{12} now/)]);
  });

  it('has one identity in all its shards', async () => {
    const { folder, argv } = setUp();
    const hashes = new Set<string>();
    for (const shard of ['0/2', '1/2']) {
      const part = join(folder, shard.replace('/', '-'));
      expect(await run(argv(['--shard', shard, '--output-dir', part]))).toMatchObject({ code: 0 });
      hashes.add(identityIn(part, 'attack.json').hash);
    }
    await run(argv());
    hashes.add(identityIn(join(folder, 'attack'), 'attack.json').hash);
    expect(hashes.size).toBe(1);
  });
});

function folderIn(parent: string, name: string): string {
  const folder = join(parent, name);
  mkdirSync(folder);
  return folder;
}
