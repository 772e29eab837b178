import { describe, expect, it } from 'vitest';
import { byteLevelTokenizerFiles } from '../../src/text/byte-level-files.ts';
import { tokenizerFromFiles } from '../../src/text/tokenizer-from-files.ts';
import { countUnits, learnByteLevel, trainByteLevel } from '../../src/text/train-byte-level.ts';
import byteLevel from '../fixtures/text/byte-level-cases.json' with { type: 'json' };

describe('countUnits', () => {
  it('counts words with the space before them, numbers, contractions and punctuation apart', async () => {
    const counts = await countUnits(["the cat isn't the 2nd", ' the end,  ']);
    expect(Object.fromEntries(counts)).toEqual({
      ...{ the: 1, ' cat': 1, ' isn': 1, "'t": 1, ' the': 2, ' 2': 1, nd: 1, ' end': 1, ',': 1, '  ': 1 },
    });
  });
});

describe('learnByteLevel', () => {
  // Sennrich et al. 2016, Algorithm 1: low ×5, lower ×2, newest ×6, widest ×3.
  const counts = new Map(Object.entries({ low: 5, lower: 2, newest: 6, widest: 3 }));
  const first = 5 + 256;

  it('starts with the special tokens and all bytes, then merges the most frequent pair, ties by smaller ids', () => {
    const { vocab, merges } = learnByteLevel(counts, { size: first + 4 });
    expect(['<s>', '<pad>', '</s>', '<unk>', '<mask>', '!'].map((token) => vocab[token])).toEqual([
      0, 1, 2, 3, 4, 5,
    ]);
    // (e, s) and (s, t) 9 each, e has the smaller id; (es, t) 9; then (w, e) has fallen from 8 to 2, so (l, o) 7; (lo, w) 7
    expect(merges).toEqual([
      ['e', 's'],
      ['es', 't'],
      ['l', 'o'],
      ['lo', 'w'],
    ]);
    expect(['es', 'est', 'lo', 'low'].map((token) => vocab[token])).toEqual(
      [0, 1, 2, 3].map((n) => first + n),
    );
  });

  it('stops where no pair is frequent enough', () => {
    expect(learnByteLevel(counts, { size: 1000, minFrequency: 9 }).merges).toHaveLength(2);
  });

  it('refuses an empty text and a size below the bytes', () => {
    const code = (value: string) => expect.objectContaining({ code: value });
    expect(() => learnByteLevel(new Map(), { size: 300 })).toThrowError(code('bad-input'));
    expect(() => learnByteLevel(counts, { size: 260 })).toThrowError(code('usage'));
  });
});

describe('trainByteLevel', () => {
  // oracles/tokenizer_fixture.py: tokenizers 0.22.2
  it('learns what ByteLevelBPETokenizer learns from the same lines', async () => {
    const lines = (byteLevel.trained_on as [string, number][]).flatMap(([line, count]) =>
      Array<string>(count).fill(line),
    );
    const { model } = JSON.parse(byteLevel.files['tokenizer.json']);
    const { vocab, merges } = await trainByteLevel(lines, { size: 340 });
    expect(merges).toEqual(model.merges);
    expect(vocab).toEqual(model.vocab);
  });

  it('makes a tokenizer that knows every text', async () => {
    const files = byteLevelTokenizerFiles(await trainByteLevel(['a film', 'a film'], { size: 270 }), {
      maxLength: 64,
    });
    const tokenizer = tokenizerFromFiles(files, { where: 'trained' });
    const text = 'Ein Film 日本 👩‍👩‍👧!';
    const { ids } = tokenizer.encode(text);
    expect(ids).not.toContain(tokenizer.unkId);
    expect(tokenizer.textOf(ids.slice(1, -1))).toBe(text);
    expect(tokenizer.encode(' film').ids).toHaveLength(3); // and the special ones
    expect([tokenizer.padId, tokenizer.maxLength]).toEqual([1, 64]);
    // Files are complete: what is saved beside a model adds nothing.
    expect(JSON.parse(tokenizer.files['tokenizer.json']!)).toEqual(JSON.parse(files['tokenizer.json']!));
    expect(Object.keys(tokenizer.files).sort()).toEqual(Object.keys(files).sort());
  });
});
