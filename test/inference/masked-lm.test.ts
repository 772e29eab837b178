import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { wholeWord } from '../../src/attacks/constraints/whole-word.ts';
import { substitutes } from '../../src/attacks/transformation/masked-words.ts';
import { splitWord } from '../../src/attacks/transformation/word-core.ts';
import { createMaskedLm } from '../../src/node-inference.ts';
import { loadMaskedLm } from '../../src/pretrained/load-masked-lm.ts';
import { readFloat32, readSafetensors } from '../../src/pretrained/safetensors.ts';
import type { Encoding } from '../../src/text/tokenizer.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { tinyBert, writeTinyRoberta } from '../training/tiny-model.ts';
import { writeWholeModel } from './whole-model.ts';

const open = async () => {
  const model = await loadMaskedLm(writeWholeModel(temporaryFolder()));
  return { model, maskedLm: createMaskedLm(model, { numThreads: 1 }) };
};

/** The first text of the fixture, which has no padding, and the logits of transformers for it: oracles/tiny_bert.py. */
function oracle() {
  const file = readSafetensors(join(tinyBert, 'expected.safetensors'));
  const { shape, data: logits } = readFloat32(file, 'mlm_logits');
  const [, length, vocabulary] = shape as [number, number, number];
  const row = (name: string) => [...readFloat32(file, name).data.subarray(0, length)];
  const ids = row('input_ids');
  const none = ids.map(() => -1);
  const encoding: Encoding = {
    ids,
    typeIds: row('token_type_ids'),
    wordIds: none,
    textIds: none,
    truncated: false,
  };
  const logProbs = ids.map((_, t) => {
    const own = [...logits.subarray(t * vocabulary, (t + 1) * vocabulary)];
    const logSum = Math.log(own.reduce((sum, z) => sum + Math.exp(z), 0));
    return own.map((z) => z - logSum);
  });
  return { encoding, logProbs };
}

describe('topCandidates', () => {
  test('are the same in worker processes', async () => {
    const { model, maskedLm } = await open();
    const working = createMaskedLm(model, { numThreads: 2, workerProcesses: true });
    const { tokenizer } = model;
    const encodings = Array.from({ length: 30 }, (_, i) =>
      tokenizer.encode(`a ${'very '.repeat(i % 7)}good film`, {}),
    );
    expect(await working.topCandidates(encodings, { k: 4 })).toEqual(
      await maskedLm.topCandidates(encodings, { k: 4 }),
    );
    await working.release();
  });

  test('are the k largest log-probabilities of transformers at each token, largest first', async () => {
    const { maskedLm } = await open();
    const { encoding, logProbs } = oracle();
    const k = 5;
    const [found] = await maskedLm.topCandidates([encoding], { k });
    expect(found!.ids).toHaveLength(encoding.ids.length * k);
    logProbs.forEach((row, t) => {
      const best = row
        .map((logP, id) => [id, logP] as const)
        .sort((a, b) => b[1] - a[1])
        .slice(0, k);
      expect([...found!.ids.subarray(t * k, (t + 1) * k)]).toEqual(best.map(([id]) => id));
      best.forEach(([, logP], rank) => {
        expect(found!.logProbs[t * k + rank]).toBeCloseTo(logP, 4);
      });
    });
  });

  test('are the same bits alone and among others, and k is cut to the vocabulary', async () => {
    const { model, maskedLm } = await open();
    const encodings = ['a good film', 'the bad plot', 'dull', 'it is a very nice scene'].map((text) =>
      model.tokenizer.encode(text),
    );
    const together = await maskedLm.topCandidates(encodings, { k: 1000 });
    expect(together[0]!.ids).toHaveLength(encodings[0]!.ids.length * 50);
    for (const [i, encoding] of encodings.entries()) {
      expect(await maskedLm.topCandidates([encoding], { k: 1000 })).toEqual([together[i]]);
    }
  });
});

describe('fill', () => {
  test('gives each word its pieces, and each piece its candidates', async () => {
    const { model, maskedLm } = await open();
    const words = ['a', 'good,', 'bcd'];
    const fills = (await maskedLm.unmaskedCandidates([{ words }], { topK: 4 }))[0]!;
    const { tokenizer } = model;
    const spelled = fills.map(({ pieces }) => pieces.map(tokenizer.tokenOf));
    expect(spelled).toEqual([['a'], ['good', ','], ['b', '##c', '##d']]);
    const encoding = tokenizer.encode(words.join(' '));
    const [found] = await maskedLm.topCandidates([encoding], { k: 4 });
    const flat = fills.flatMap(({ candidates }) => candidates.map(({ ids }) => [...Array.from(ids)]));
    expect(flat).toEqual([1, 2, 3, 4, 5, 6].map((t) => [...found!.ids.subarray(4 * t, 4 * (t + 1))])); // 0 is [CLS]
  });

  test('gives a byte-level vocabulary a space before each word, the first one too', async () => {
    const { tokenizer, ...model } = await loadMaskedLm(writeTinyRoberta(temporaryFolder()));
    const maskedLm = createMaskedLm({ ...model, tokenizer }, { numThreads: 1 });
    const [fills] = await maskedLm.unmaskedCandidates([{ words: ['good,', 'bad', 'a'] }], { topK: 40 });
    expect(fills!.map(({ pieces }) => pieces.map(tokenizer.tokenOf))).toEqual([
      ['Ġgood', ','],
      ['Ġb', 'a', 'd'],
      ['Ġa'],
    ]);
    const words = substitutes('good,', { answer: fills![0]!, topK: 40, vocabulary: maskedLm });
    // Of the 40 tokens, those with a space in front: ' good' is the word itself, a lone space none.
    const allowed = words.filter((word) => wholeWord.allowsSubstitution!('good', splitWord(word).core));
    expect(allowed.sort()).toEqual(['a,', 'b,']);
  });

  test('leaves words beyond the model, and texts without words, empty', async () => {
    const { maskedLm } = await open();
    const [long, none] = await maskedLm.unmaskedCandidates(
      [{ words: Array.from({ length: 30 }, () => 'good') }, { words: [] }],
      { topK: 2 },
    );
    expect(long!.map(({ pieces }) => pieces.length)).toEqual([...Array(18).fill(1), ...Array(12).fill(0)]);
    expect(none).toEqual([]);
  });

  test('reads the first text of a pair, and answers about the second only', async () => {
    const { model, maskedLm } = await open();
    const words = ['bad', 'plot'];
    const pair = model.tokenizer.encode('a good film', { pair: 'bad plot' }); // [CLS] a good film [SEP] bad plot [SEP]
    const [found] = await maskedLm.topCandidates([pair], { k: 3 });
    const [inContext, alone] = await maskedLm.unmaskedCandidates(
      [{ words, context: 'a good film' }, { words }],
      {
        topK: 3,
      },
    );
    const idsOf = (fills: typeof inContext) =>
      fills!.map(({ candidates }) => candidates.map(({ ids }) => [...Array.from(ids)]));
    expect(inContext!.map(({ pieces }) => pieces.map(model.tokenizer.tokenOf))).toEqual([['bad'], ['plot']]);
    expect(idsOf(inContext)).toEqual([5, 6].map((t) => [[...found!.ids.subarray(3 * t, 3 * (t + 1))]]));
    expect(idsOf(inContext)).not.toEqual(idsOf(alone));
  });
});

describe('maskedCandidates', () => {
  test('are the largest log-probabilities at the mask, in each text of a batch and in context', async () => {
    const { model, maskedLm } = await open();
    const { tokenizer } = model;
    const mask = maskedLm.maskToken!;
    const inputs = [
      { words: ['a', mask, 'film'] },
      { words: [`(${mask},`, 'plot'], context: 'a good film' },
      { words: ['it', 'is', mask] },
      { words: [mask, 'bad', 'plot', 'a', 'b'] },
    ];
    const found = await maskedLm.maskedCandidates!(inputs, { topK: 6 });
    for (const [i, { words, context }] of inputs.entries()) {
      const text = words.join(' ');
      const encoding =
        context === undefined ? tokenizer.encode(text) : tokenizer.encode(context, { pair: text });
      const at = encoding.ids.indexOf(tokenizer.maskId);
      const [all] = await maskedLm.topCandidates([encoding], { k: 6 });
      expect([...Array.from(found[i]!.ids)]).toEqual([...all!.ids.subarray(6 * at, 6 * (at + 1))]);
      for (const [rank, logProb] of Array.from(found[i]!.logProbs).entries())
        expect(logProb).toBeCloseTo(all!.logProbs[6 * at + rank]!, 5);
      expect(await maskedLm.maskedCandidates!([inputs[i]!], { topK: 6 })).toEqual([found[i]]); // the same bits alone
    }
  });

  test('are none where the mask was cut off, and at most the vocabulary', async () => {
    const { maskedLm } = await open();
    const long = [...Array.from({ length: 30 }, () => 'good'), maskedLm.maskToken!];
    const [none, all] = await maskedLm.maskedCandidates!(
      [{ words: long }, { words: [maskedLm.maskToken!] }],
      {
        topK: 1000,
      },
    );
    expect(none).toEqual({ ids: [], logProbs: [] });
    expect(all!.ids).toHaveLength(50);
  });
});

test('loss is the mean cross-entropy of a sequence against itself', async () => {
  const { maskedLm } = await open();
  const { encoding } = oracle();
  const allFirst = { ...encoding, typeIds: encoding.ids.map(() => 0) };
  const [top] = await maskedLm.topCandidates([allFirst], { k: 50 });
  const own = allFirst.ids.map((id, t) => {
    const at = top!.ids.subarray(t * 50, (t + 1) * 50).indexOf(id);
    return -top!.logProbs[t * 50 + at]!;
  });
  const mean = own.reduce((sum, loss) => sum + loss, 0) / own.length;
  const losses = await maskedLm.loss([[7], allFirst.ids, [9, 8]]);
  expect(losses[1]).toBeCloseTo(mean, 5);
  expect(losses[0]).toBe((await maskedLm.loss([[7]]))[0]);
});

test('special and unused tokens are told apart', async () => {
  const { model, maskedLm } = await open();
  const idOf = (token: string) => model.tokenizer.idOf(token)!;
  expect(['[SEP]', '[UNK]', 'good', '##c'].map((token) => maskedLm.isSpecial(idOf(token)))).toEqual([
    true,
    true,
    false,
    false,
  ]);
  expect(maskedLm.textOf([idOf('b'), idOf('##c')])).toBe('bc');
});

test('a masked LM that could not be opened is opened anew when it is asked again', async () => {
  const { model } = await open();
  let asked = 0;
  const forgetful = {
    ...model,
    get weights() {
      if (++asked === 2) throw new Error('no memory just now'); // first its head is looked for
      return model.weights;
    },
  };
  const { unmaskedCandidates, release } = createMaskedLm(forgetful, { numThreads: 1 });
  const inputs = [{ words: ['a', 'good', 'film'] }];
  await expect(unmaskedCandidates(inputs, { topK: 3 })).rejects.toThrow('no memory just now');
  await release(); // of what was never opened
  expect((await unmaskedCandidates(inputs, { topK: 3 }))[0]).toHaveLength(3);
  await release();
});
