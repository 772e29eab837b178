import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { main } from '../../src/cli/main.ts';
import type { Io } from '../../src/cli/terminal/io.ts';
import { writeWholeModel } from '../inference/whole-model.ts';
import { cachedDataFile } from '../pretrained/cached-data-file.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { bundleCli, startCli } from './child-cli.ts';
import { memoryIo } from './memory-io.ts';

async function run(argv: readonly string[], overrides: Partial<Io> = {}) {
  const { io, written } = memoryIo(overrides);
  const model = writeWholeModel(temporaryFolder());
  const code = await main(['predict', '--num-threads', '1', '--model', model, ...argv], io);
  return { code, ...written };
}

const linesOf = (jsonLines: string) =>
  jsonLines
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));

let cli: Awaited<ReturnType<typeof bundleCli>>;
beforeAll(async () => {
  cli = await bundleCli();
});
afterAll(() => cli.remove());

async function* chunks(...parts: readonly (string | Uint8Array)[]) {
  yield* parts;
}

describe('vda predict', () => {
  test('answers texts given as arguments, in their order', async () => {
    const { code, stdout, stderr } = await run(['a good film', 'very dull']);
    expect([code, stderr]).toEqual([0, '']);
    const [first, second] = linesOf(stdout);
    expect([first.text, second.text]).toEqual(['a good film', 'very dull']);
    const { probabilities, logits, label } = first;
    expect(Object.keys(probabilities)).toEqual(['LABEL_0', 'LABEL_1', 'LABEL_2']);
    const sum = Object.values<number>(probabilities).reduce((a, b) => a + b);
    expect(sum).toBeCloseTo(1);
    expect(logits[label]).toBe(Math.max(...Object.values<number>(logits)));
  });

  test('reads a file of the hub', async () => {
    const { address, env } = cachedDataFile('text\na good film\nvery dull\n');
    const { code, stdout, stderr } = await run(['--test-file', address], { env });
    expect(code, stderr).toBe(0);
    expect(linesOf(stdout).map(({ text }) => text)).toEqual(['a good film', 'very dull']);
  });

  test('answers with the mean over copies under noise, the same again, and another under another seed', async () => {
    const smoothing = ['--smoothing', 'mask', '--smoothing-rate', '0.5', '--votes', '5'];
    const texts = ['a good film', 'very dull'];
    const { code, stdout, stderr } = await run([...texts, ...smoothing]);
    expect([code, stderr]).toEqual([0, '']);
    for (const { probabilities, logits, label } of linesOf(stdout)) {
      expect(probabilities[label]).toBe(Math.max(...Object.values<number>(probabilities)));
      for (const [name, p] of Object.entries<number>(probabilities))
        expect(Math.exp(logits[name])).toBeCloseTo(p, 12);
    }
    const backwards = await run([...[...texts].reverse(), ...smoothing]);
    expect(linesOf(backwards.stdout).reverse()).toEqual(linesOf(stdout));
    const others = [...texts, ...smoothing, '--smoothing-seed', '1'];
    expect((await run(others)).stdout).not.toBe(stdout);
  });

  test.each([
    [['--votes', '5'], '--votes has no effect without --smoothing.'],
    [['--smoothing-rate', '0.5'], '--smoothing-rate has no effect without --smoothing.'],
    [
      ['--smoothing', 'mask', '--smoothing-lexicon', 'wordnet'],
      '--smoothing-lexicon has no effect with --smoothing mask.',
    ],
    [['--smoothing', 'mask', '--smoothing-rate', '1'], '--smoothing-rate: 1 would hide every word'],
    [['--smoothing', 'synonyms', '--smoothing-lexicon', 'none.json'], 'none.json'],
  ])('refuses %j', async (argv, message) => {
    const { code, stderr } = await run(['a text', ...argv]);
    expect(code).not.toBe(0);
    expect(stderr).toContain(message);
  });

  test('takes each line of a .txt for a text, as of standard input', async () => {
    const file = join(temporaryFolder(), 'reviews.txt');
    writeFileSync(file, 'a good film\n\nvery dull\n');
    const { stdout, stderr } = await run(['--test-file', file]);
    expect(linesOf(stdout).map(({ text }) => text)).toEqual(['a good film', '', 'very dull']);
    expect(stderr).toContain('reviews.txt: 3 texts, one a line, without a header.');
  });

  test('shows how far it is with a file, rate included, and with standard input only where someone looks on', async () => {
    const file = join(temporaryFolder(), 'reviews.txt');
    writeFileSync(file, 'a good film\n'.repeat(2500));
    const read = await run(['--test-file', file]);
    expect(linesOf(read.stdout)).toHaveLength(2500);
    expect(read.stderr).toMatch(
      /^.*reviews\.txt: 2500 texts.*\nPredicting {2}100% {2}2500\/2500 {2}.* text\/s/,
    );
    const piped = await run([], { stdin: chunks('a good film\n') });
    expect(piped.stderr).toBe('');
    const seen: string[] = [];
    const stderr = { isTTY: true, columns: 80, write: (text: string) => seen.push(text) };
    await run([], { stdin: chunks('a good film\n', 'very dull\n'), stderr });
    expect(seen.join('')).toMatch(/Predicting {2}2 {2}/);
    const toTerminal = { isTTY: true, columns: 80, write: () => {} };
    expect((await run(['--test-file', file], { stdout: toTerminal })).stderr).not.toContain('Predicting');
  });

  test('ends lines of standard input at carriage returns where there is no line feed', async () => {
    const bytes = new TextEncoder().encode('good film\rvery dull\r');
    const { stdout } = await run([], { stdin: chunks(bytes.subarray(0, 12), bytes.subarray(12)) });
    expect(linesOf(stdout).map(({ text }) => text)).toEqual(['good film', 'very dull']);
  });

  test('reads lines from standard input, empty ones and split characters too', async () => {
    const bytes = new TextEncoder().encode('good film\r\n\nécrit\nno end of line');
    const { stdout } = await run([], { stdin: chunks(bytes.subarray(0, 13), bytes.subarray(13)) });
    expect(linesOf(stdout).map(({ text }) => text)).toEqual(['good film', '', 'écrit', 'no end of line']);
  });

  test('answers the same from arguments, standard input and a file without labels', async () => {
    const texts = ['a good film', 'the plot is bad', 'it', 'so very sad'];
    const file = join(temporaryFolder(), 'new.csv');
    const output = join(temporaryFolder(), 'out.jsonl');
    writeFileSync(file, `id,review\n${texts.map((text, i) => `${i},${text}`).join('\n')}\n`);
    const given = await run(texts);
    const piped = await run([], { stdin: chunks(`${texts.join('\n')}\n`) });
    const read = await run(['--test-file', file, '--text-column', 'review', '--output-file', output]);
    expect(piped.stdout).toBe(given.stdout);
    expect([read.stdout, readFileSync(output, 'utf8')]).toEqual(['', given.stdout]);
  });

  test('prints hostile texts harmlessly, and they read back as they were', async () => {
    const texts = [
      '<script>alert(1)</script>',
      '\x1b]0;owned\x07\x1b[2J',
      '\u202ekcab\u2066 \u0085',
      '"quoted"\\ \ud800',
    ];
    const { code, stdout } = await run([], { stdin: chunks(`${texts.join('\n')}\n`) });
    expect(code).toBe(0);
    expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
    expect(linesOf(stdout).map(({ text }) => text)).toEqual(texts);
  });

  test('answers no token, one word and 100,000 words, and says where it cut', async () => {
    const { code, stdout } = await run(['', 'good', 'good '.repeat(100_000)]);
    expect(code).toBe(0);
    const [none, one, long] = linesOf(stdout);
    expect([none.truncated, one.truncated, long.truncated]).toEqual([undefined, undefined, true]);
  });

  test('stops at the first signal while it waits for standard input', async () => {
    const model = writeWholeModel(temporaryFolder());
    const { child, ended } = startCli(cli.main, ['predict', '--num-threads', '1', '--model', model]);
    child.stdin!.write('a good film\n'); // and the pipe stays open
    await new Promise((resolve) => child.stdout!.once('data', resolve));
    child.kill('SIGTERM');
    expect(await ended).toMatchObject({ code: 143, signal: null });
  });

  test('keeps the answers so far, stopped or at an error, and says where', async () => {
    const output = join(temporaryFolder(), 'out.jsonl');
    const kept = `${output}.unfinished`;
    const stop = new AbortController();
    async function* interrupted() {
      yield 'a good film\n';
      stop.abort(new Error('Ctrl-C'));
      await new Promise(() => {}); // the writer is silent
    }
    const toFile = ['--output-file', output];
    const stopped = await run(toFile, { stdin: interrupted(), signal: stop.signal });
    expect(stopped.code).toBe(1);
    expect(stopped.stderr).toContain(`The answers so far are in ${kept}.`);
    expect(linesOf(readFileSync(kept, 'utf8')).map(({ text }) => text)).toEqual(['a good film']);
    const broken = await run(toFile, { stdin: chunks('very dull\n', Uint8Array.of(0xff, 10)) });
    expect([broken.code, broken.stderr]).toEqual([1, expect.stringContaining('The answers so far are in')]);
    expect(linesOf(readFileSync(kept, 'utf8')).map(({ text }) => text)).toEqual(['very dull']);
    expect(existsSync(output)).toBe(false);
  });

  test('refuses a target that cannot be before it asks, and the file it reads', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'new.tsv');
    writeFileSync(file, 'text\na good film\n');
    const toFolder = await run(['--test-file', file, '--output-file', folder]);
    expect([toFolder.code, toFolder.stderr]).toEqual([1, expect.stringMatching(/is a folder; expected/)]);
    const onto = await run(['--test-file', file, '--output-file', join(folder, '.', 'new.tsv')]);
    expect([onto.code, onto.stderr]).toEqual([2, expect.stringContaining('is the file of --test-file')]);
    expect(readFileSync(file, 'utf8')).toBe('text\na good film\n');
    expect(readdirSync(folder)).toEqual(['new.tsv']);
  });

  test.each([
    ['no text at all', [], {}, 0, /^$/],
    ['an empty file', ['--test-file', 'EMPTY'], {}, 1, /is empty/],
    [
      'bytes that are not UTF-8',
      [],
      { stdin: chunks('good\n', Uint8Array.of(0xff, 10)) },
      1,
      /line 2 .* not valid UTF-8/,
    ],
  ])('%s', async (_, argv, io, exit, message) => {
    const empty = join(temporaryFolder(), 'empty.tsv');
    writeFileSync(empty, '');
    const { code, stderr } = await run(
      argv.map((word) => (word === 'EMPTY' ? empty : word)),
      io,
    );
    expect(code).toBe(exit);
    expect(stderr.replace(/\n/g, ' ')).toMatch(message);
  });
});
