import { execFileSync } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openTexts } from '../../src/data/open-texts.ts';
import { bundleModule } from '../bundle-module.ts';
import { collect, temporaryFile } from './files.ts';

const load = async (
  name: string,
  content: string | Uint8Array,
  options?: Parameters<typeof openTexts>[1],
) => {
  const { count, columns, read } = await openTexts(temporaryFile(name, content), options);
  const texts = (await collect(read())).flat().map(({ text }) => text);
  expect(count).toBe(texts.length);
  return { texts, columns };
};
const two = 'A film that stays with you.\nDull, and long.\n';

describe('openTexts of Parquet', () => {
  const open = (name: string, options?: Parameters<typeof openTexts>[1]) =>
    openTexts(join(import.meta.dirname, '../fixtures/data', name), options);

  it('reads its column of texts, as often as asked', async () => {
    const { count, columns, read } = await open('reviews.parquet');
    expect({ count, columns }).toEqual({ count: 4, columns: { text: 'text' } });
    for (const pass of [await collect(read()), await collect(read())]) {
      expect(pass.flat().map(({ text }) => text)).toEqual([
        ...['A film that stays with you.', 'Two "hours",\nlost.', 'Größe', 'dull'],
      ]);
    }
  });

  it('says which column or row lacks a text', async () => {
    await expect(open('reviews-gzip.parquet', { textColumn: 'tags' })).rejects.toThrow(/"tags"/);
    await expect(open('reviews-gzip.parquet', { textColumn: 'stars' })).rejects.toThrow(
      /line 3: "stars" is missing/,
    );
  });
});

describe('openTexts of a .txt without tabs', () => {
  it.each<[string, string | Uint8Array]>([
    ['x.txt', two],
    ['x.TXT', two.replaceAll('\n', '\r\n')],
    ['x.txt', two.replaceAll('\n', '\r')],
    ['x.txt', `\ufeff${two.trimEnd()}`],
    ['x.txt.gz', gzipSync(two)],
  ])('reads each line as a text, the first one too: %s', async (name, content) => {
    expect(await load(name, content)).toEqual({ texts: ['A film that stays with you.', 'Dull, and long.'] });
  });

  it('keeps empty lines, so that answers stay beside their lines', async () => {
    expect((await load('x.txt', 'a\n\nb\n')).texts).toEqual(['a', '', 'b']);
  });

  it('takes the name of a text column for a header, and any first line where a column is asked for', async () => {
    expect(await load('x.txt', 'Review\na\n')).toEqual({ texts: ['a'], columns: { text: 'Review' } });
    expect((await load('x.txt', 'words\na\n', { textColumn: 'words' })).texts).toEqual(['a']);
  });

  it('reads a .txt with tabs as the table that it is', async () => {
    expect((await load('x.txt', 'label\ttext\n1\ta\n')).texts).toEqual(['a']);
  });
});

describe('openTexts of one column', () => {
  it.each([
    ['sep=,\ntext,label\na,1\n', /tells spreadsheets/],
    ['text;label\na;b;1\n', /seems to be separated by ";"/],
  ])('takes no line that shows another layout for its name: %j', async (content, message) => {
    await expect(load('x.csv', content)).rejects.toThrow(message);
  });

  it.each(['x.tsv', 'x.csv'])('refuses a text where the name of the column should be: %s', async (name) => {
    await expect(load(name, 'A film that stays.\nDull and long.\n')).rejects.toThrow(
      /no column looks like the text\..*first line seems to be data already.*\(textColumn\)/,
    );
  });

  it('takes a name that it does not know', async () => {
    expect((await load('x.csv', 'Verbatim\n"Dull, and long."\n')).texts).toEqual(['Dull, and long.']);
  });
});

describe('openTexts of a file in pieces', () => {
  const log = [
    'original_text,perturbed_text,original_score,perturbed_score,original_output,perturbed_output,ground_truth_output,num_queries,result_type',
    ...Array.from({ length: 30 }, (_, i) => `a [[b]] ${i},a [[c]] ${i},1,1,1,1,1,1,Failed`),
    '"[[[[Premise]]]]: one<SPLIT>[[[[Hypothesis]]]]: [[two]]",x<SPLIT>y,1,1,1,1,1,1,Failed',
  ];
  const quoted = Array.from({ length: 60 }, (_, i) =>
    i % 3 === 0 ? `${i},"line one, ""quoted""\nline two of ${i}\r\n\nend"` : `${i},plain ${i}`,
  );
  const json = Array.from({ length: 60 }, (_, i) => JSON.stringify({ [`c${i % 7}`]: i, text: `t ${i}` }));
  it.each([
    ['x.tsv', `id\ttext\n${Array.from({ length: 90 }, (_, i) => `${i}\té ${'x'.repeat(i)}\r`).join('\n')}`],
    ['x.tsv', `"id"\t"text"\n${quoted.map((line) => line.replace(',', '\t')).join('\n')}\n`],
    ['x.csv', `id,text\n${quoted.join('\n')}\n`],
    ['x.csv', `\ufeffid,text\r${'1,a\r'.repeat(60)}`],
    ['x.jsonl', json.join('\n')],
    ['x.jsonl', json.join('\r')],
    ['x.txt', 'a\rb\n\n'.repeat(60)],
  ])('reads the same texts as from the whole of it: %s (%#)', async (name, content) => {
    const whole = await load(name, content);
    expect(whole.texts.length).toBeGreaterThan(50);
    for (const pieceSize of [1, 100, 333]) expect(await load(name, content, { pieceSize })).toEqual(whole);
    const zipped = await load(`${name}.gz`, gzipSync(content), { pieceSize: 64 });
    expect(zipped).toEqual(whole);
  });

  it('takes a log of TextAttack for pairs where its last row alone is one: the others lack the second text', async () => {
    const refused = load('x.csv', log.join('\n'), { pieceSize: 64 });
    await expect(refused).rejects.toThrow(/line 2: "original_text, second" is missing/);
    const { texts } = await load('x.csv', log.slice(0, -1).join('\n'), { pieceSize: 64 });
    expect([texts.length, texts[29]]).toEqual([30, 'a b 29']);
  });

  it.each([
    ['x.tsv', `text\tlabel\n${'a\t1\n'.repeat(99)}b\n`, /line 101: expected 2 fields \(text, label\), got 1/],
    ['x.csv', `text,label\n${'"a\nb",1\n'.repeat(50)}"b`, /line 102: .*a quote is never closed/],
    ['x.jsonl', `${'{"text": "a"}\n'.repeat(99)}{"text": null}`, /line 100: "text" is missing/],
    ['x.jsonl', `${'{"text": "a"}\n'.repeat(99)}[]`, /line 100: .*got a list/],
    ['x.txt', `${'a\n'.repeat(99)}\0`, /line 100: a byte is zero/],
    ['x.txt', ' \n\n'.repeat(99), /is empty/],
    ['x.tsv', '\n'.repeat(99), /is empty/],
  ])('finds what is wrong near its end before any text is read: %s (%#)', async (name, content, message) => {
    await expect(openTexts(temporaryFile(name, content), { pieceSize: 64 })).rejects.toThrow(message);
    await expect(openTexts(temporaryFile(name, content))).rejects.toThrow(message);
  });

  it('needs no more memory for 10⁶ lines than for a few', async () => {
    const line = (i: number) => `${i},"a review with some words, number ${i}, and a few more of them"\n`;
    const path = temporaryFile('x.csv', 'id,text\n');
    for (let i = 0; i < 1_000_000; i += 10_000)
      appendFileSync(path, Array.from({ length: 10_000 }, (_, k) => line(i + k)).join(''));
    const bundled = await bundleModule('data/open-texts.ts');
    onTestFinished(bundled.remove);
    const program = `import { openTexts } from ${JSON.stringify(bundled.path)};
      const { count, read } = await openTexts(${JSON.stringify(path)}, { pieceSize: 2 ** 20 });
      let characters = 0;
      for await (const texts of read()) for (const { text } of texts) characters += text.length;
      console.log(count, characters);`;
    const heap = '--max-old-space-size=48'; // MiB; the texts alone are 60 MB
    const said = execFileSync(process.execPath, [heap, '--input-type=module', '-e', program], {
      encoding: 'utf8',
    });
    const characters = Array.from({ length: 1_000_000 }, (_, i) => line(i).length - `${i}`.length - 4);
    expect(said).toBe(`1000000 ${characters.reduce((sum, length) => sum + length, 0)}\n`);
  }, 120_000);
});
