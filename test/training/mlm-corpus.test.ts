import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { randomKey } from '../../src/base/random.ts';
import { packCorpus } from '../../src/training/mlm-corpus.ts';
import { maskSequences } from '../../src/training/mlm-masking.ts';
import { temporaryFolder } from '../checkpoints/folders.ts';
import { tinyTokenizer } from './tiny-model.ts';

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
});
