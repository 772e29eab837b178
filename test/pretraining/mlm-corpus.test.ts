import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { randomKey } from '../../src/base/random.ts';
import { packCorpus } from '../../src/pretraining/mlm-corpus.ts';
import { cutMasked, maskSequences, maskStep } from '../../src/pretraining/mlm-masking.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { tinyTokenizer } from '../training/tiny-model.ts';

const { clsId, sepId, maskId, vocabSize, specialIds } = tinyTokenizer;
const idsOf = (words: string) => words.split(' ').map((word) => tinyTokenizer.idOf(word)!);

describe('packCorpus', () => {
  it('packs documents one after another, [SEP] after each, into sequences of exactly the length', async () => {
    const path = join(temporaryFolder(), 'texts.txt');
    writeFileSync(path, 'a good film\nthe plot is dull\n\n\nbad cast\n\nso sad\n');
    const corpus = await packCorpus([path], { tokenizer: tinyTokenizer, length: 6 });
    // Pieces: a good film the | plot is dull [SEP] | bad cast [SEP] so | sad [SEP], the last two left over.
    expect(corpus).toMatchObject({ length: 6, sequences: 3 });
    expect([...corpus.ids]).toEqual([
      ...[clsId, ...idsOf('a good film the'), sepId],
      ...[clsId, ...idsOf('plot is dull'), sepId, sepId],
      ...[clsId, ...idsOf('bad cast'), sepId, ...idsOf('so'), sepId],
    ]);
  });

  it('goes on from one file to the next, past its inner chunk', async () => {
    const path = join(temporaryFolder(), 'texts.txt');
    writeFileSync(path, 'a good film\n\n'.repeat(4100)); // 4 pieces each: two documents make a sequence
    const corpus = await packCorpus([path, path], { tokenizer: tinyTokenizer, length: 6 });
    expect(corpus.sequences).toBe(8200);
    const one = [clsId, ...idsOf('a good film'), sepId, sepId];
    for (const sequence of [0, 4095, 4096, 8199])
      expect([...corpus.ids.subarray(sequence * 6, sequence * 6 + 6)]).toEqual(one);
  });

  it('never cuts a paragraph to the model’s length', async () => {
    const path = join(temporaryFolder(), 'texts.txt');
    writeFileSync(path, `${'bad '.repeat(100)}\n`);
    const corpus = await packCorpus([path], { tokenizer: tinyTokenizer, length: 12 });
    expect(corpus.sequences).toBe(10); // 100 pieces and [SEP], 10 a sequence
  });
});

describe('maskSequences', () => {
  const [length, sequences] = [20, 500];
  const corpus = {
    ids: Uint16Array.from({ length: sequences * length }, (_, i) =>
      i % length === 0 ? clsId : i % length === length - 1 ? sepId : 5 + (i % (vocabSize - 5)),
    ),
    ...{ length, sequences },
  };
  const all = Array.from({ length: sequences }, (_, i) => i);
  const mask = (p: { readonly epoch?: number; readonly chosen?: readonly number[] } = {}) =>
    maskSequences(corpus, {
      sequences: p.chosen ?? all,
      probability: 0.15,
      key: randomKey(1, 'test'),
      epoch: p.epoch ?? 0,
      tokenizer: tinyTokenizer,
    });

  it('chooses 15 % of the tokens that are not special: 80 % masked, 10 % random, 10 % kept', () => {
    const { ids, positions, targets } = mask();
    const at = Array.from(positions.data as BigInt64Array, Number);
    const [now, was] = [at.map((i) => Number(ids.data[i])), at.map((i) => corpus.ids[i]!)];
    expect(Array.from(targets.data as BigInt64Array, Number)).toEqual(was);
    expect(was.some((id) => specialIds.has(id))).toBe(false);
    // Within 4 standard deviations of the binomial, √(n·p·(1 − p)).
    const n = sequences * 18;
    expect(Math.abs(at.length - 0.15 * n)).toBeLessThan(4 * Math.sqrt(n * 0.15 * 0.85));
    const share = (test: (i: number) => boolean) => at.filter((_, i) => test(i)).length / at.length;
    const spread = (p: number) => 4 * Math.sqrt((p * (1 - p)) / at.length);
    expect(Math.abs(share((i) => now[i] === maskId && was[i] !== maskId) - 0.8)).toBeLessThan(
      spread(0.8) + 0.1 / vocabSize,
    );
    const kept = 0.1 + 0.1 / vocabSize; // a random token may be the same one
    expect(Math.abs(share((i) => now[i] === was[i]) - kept)).toBeLessThan(spread(kept));
    const chosen = new Set(at);
    const changed = Array.from(corpus.ids, (id, i) => !chosen.has(i) && Number(ids.data[i]) !== id);
    expect(changed).not.toContain(true);
  });

  it('depends on epoch and sequence, not on what is masked together', () => {
    const together = mask();
    const alone = mask({ chosen: [7] });
    expect([...alone.ids.data]).toEqual([...together.ids.data.slice(7 * length, 8 * length)]);
    expect([...mask({ epoch: 1, chosen: [7, 8, 9] }).ids.data]).not.toEqual([
      ...together.ids.data.slice(7 * length, 10 * length),
    ]);
  });

  it('chooses one token in a step in which chance chose none, and is unchanged in others', () => {
    const key = randomKey(1, 'test');
    const step = (sequences: readonly number[], probability: number, epoch = 0) =>
      maskStep(corpus, { sequences, probability, key, epoch, tokenizer: tinyTokenizer });
    const seen = new Set<number>();
    for (let epoch = 0; epoch < 50; epoch++) {
      const { ids, positions, targets } = step([3, 4], 1e-9, epoch);
      const position = Number(positions.data[0]);
      const was = [...corpus.ids.subarray(3 * length, 5 * length)];
      expect([positions.shape, targets.shape]).toEqual([[1], [1]]);
      expect(Number(targets.data[0])).toBe(was[position]);
      expect(specialIds.has(was[position]!)).toBe(false);
      expect(Array.from(ids.data, Number).every((id, i) => i === position || id === was[i])).toBe(true);
      expect(step([3, 4], 1e-9, epoch)).toEqual({ ids, positions, targets });
      seen.add(position);
    }
    expect(seen.size).toBeGreaterThan(15); // of 36 places
    expect(step(all, 0.15)).toEqual(mask());
  });

  it('refuses a step in which all tokens are special', () => {
    const special = { ids: Uint16Array.of(clsId, sepId, sepId, sepId), length: 4, sequences: 1 };
    const options = { probability: 0.15, key: randomKey(1, 'test'), epoch: 0, tokenizer: tinyTokenizer };
    expect(() => maskStep(special, { ...options, sequences: [0] })).toThrow(
      expect.objectContaining({ code: 'bad-input', message: expect.stringContaining('all are special') }),
    );
  });

  it('is cut into parts that together are the step', () => {
    const step = mask({ chosen: [5, 1, 8, 2, 9] });
    const parts = cutMasked(step, 2);
    expect(parts.map(({ ids }) => ids.shape)).toEqual([
      [2, length],
      [2, length],
      [1, length],
    ]);
    const joined = (of: (part: (typeof parts)[number], i: number) => readonly (number | bigint)[]) =>
      parts.flatMap((part, i) => of(part, i).map(Number));
    const numbers = (data: ArrayLike<number | bigint>) => Array.from(data, Number);
    expect(joined(({ ids }) => [...ids.data])).toEqual(numbers(step.ids.data));
    expect(joined(({ targets }) => [...targets.data])).toEqual(numbers(step.targets.data));
    expect(joined(({ positions }, i) => numbers(positions.data).map((at) => at + 2 * i * length))).toEqual(
      numbers(step.positions.data),
    );
  });
});
