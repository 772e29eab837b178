import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Classifier } from '../../src/inference/classifier.ts';
import { dynamicBatching, QueueFull } from '../../src/inference/dynamic-batching.ts';
import { tinyVocabulary } from '../training/tiny-model.ts';
import { openTinyClassifier } from './tiny-classifier.ts';

let classifier: Classifier;
beforeAll(async () => {
  classifier = await openTinyClassifier();
});
afterAll(() => classifier.release());

const words = tinyVocabulary.filter((word) => /^[a-z]+$/.test(word));
/** Texts of 1 to 7 words, all different. */
const texts = Array.from({ length: 120 }, (_, i) => ({
  text: Array.from({ length: 1 + (i % 7) }, (_, k) => words[(i * 7 + k * k + i * k) % words.length]).join(
    ' ',
  ),
}));

/** The classifier behind a gate: what it was asked, call by call, and each call waits until it is let through. */
function gated() {
  const calls: { readonly texts: number; readonly letThrough: () => void }[] = [];
  const logitsOf: Classifier['logitsOf'] = async (encodings) => {
    await new Promise<void>((letThrough) => calls.push({ texts: encodings.length, letThrough }));
    return classifier.logitsOf(encodings);
  };
  const { encode, capacity } = classifier;
  return { calls, classifier: { encode, capacity, logitsOf } };
}

const turns = async (count = 5) => {
  for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
};
const of = (text: string, count = 1) => Array.from({ length: count }, () => ({ text }));

describe('dynamicBatching', () => {
  test('answers each request with the bits that its texts have alone, in fewer batches than texts', async () => {
    let batches = 0;
    const queue = dynamicBatching(classifier, { mostWaiting: 1000, onBatch: () => batches++ });
    const sizes = [1, 2, 5, 1, 30, 1, 1, 40, 39];
    const left = [...texts];
    const requests = sizes.map((size) => left.splice(0, size));
    expect(left).toEqual([]);
    const answers = await Promise.all(requests.map((inputs) => queue.ask(inputs)));
    for (const [r, inputs] of requests.entries()) {
      const alone = [];
      for (const input of inputs) alone.push((await classifier.logits([input]))[0]);
      expect(answers[r]!.rows).toEqual(alone);
    }
    expect(batches).toBeLessThan(40);
    expect(queue.waiting()).toBe(0);
  });

  test('says which texts were cut, and answers no texts at once', async () => {
    const queue = dynamicBatching(classifier, { mostWaiting: 10 });
    const { truncated } = await queue.ask([{ text: 'good' }, { text: 'good '.repeat(40) }]);
    expect(truncated).toEqual([false, true]);
    expect(await queue.ask([])).toEqual({ rows: [], truncated: [] });
  });

  test('begins with a lone text at once, and puts what came meanwhile into one batch', async () => {
    const { calls, classifier } = gated();
    const queue = dynamicBatching(classifier, { mostWaiting: 100 });
    const first = queue.ask(of('good'));
    await turns();
    expect(calls.map(({ texts }) => texts)).toEqual([1]);
    const others = ['bad', 'film', 'dull', 'good'].map((word) => queue.ask(of(word)));
    await turns();
    expect([calls.length, queue.waiting()]).toEqual([1, 4]);
    calls[0]!.letThrough();
    await first;
    await turns();
    expect(calls.map(({ texts }) => texts)).toEqual([1, 4]);
    calls[1]!.letThrough();
    await Promise.all(others);
  });

  test('lets a small request go before the rest of a large one', async () => {
    const { calls, classifier } = gated();
    const queue = dynamicBatching(classifier, { mostWaiting: 10_000 });
    const large = queue.ask(of('good film', 1000));
    await turns();
    const small = queue.ask(of('dull'));
    const answered: string[] = [];
    void large.then(() => answered.push('large'));
    void small.then(() => answered.push('small'));
    for (let i = 0; i < calls.length; i++) {
      calls[i]!.letThrough();
      await turns(20);
    }
    await Promise.all([large, small]);
    expect(answered).toEqual(['small', 'large']);
    expect(calls.findIndex(({ texts }) => texts === 1)).toBeLessThan(3);
  });

  test('turns away what would wait beyond the bound, and says for how long', async () => {
    const { calls, classifier } = gated();
    const queue = dynamicBatching(classifier, { mostWaiting: 3 });
    const first = queue.ask(of('good', 9)); // nothing waits: it is let in, however large
    await turns();
    const waiting = queue.ask(of('bad film', 3));
    const refused = await queue.ask(of('dull')).catch((thrown) => thrown);
    expect(refused).toBeInstanceOf(QueueFull);
    expect(refused.secondsToWait).toBeGreaterThan(0);
    expect(refused.message).toMatch(/^3 texts wait/);
    for (let i = 0; i < calls.length; i++) {
      calls[i]!.letThrough();
      await turns(20);
    }
    await Promise.all([first, waiting]);
    const after = queue.ask(of('dull'));
    await turns();
    calls.at(-1)!.letThrough();
    expect((await after).rows).toHaveLength(1);
  });

  test('knows of no time to wait before a text was answered, and says so as a number', async () => {
    const { classifier } = gated();
    const queue = dynamicBatching(classifier, { mostWaiting: 3 });
    const long = { text: 'good '.repeat(4096) };
    const gone = new AbortController();
    const first = queue.ask([long, long], { signal: gone.signal }).catch(() => {}); // still made tokens of
    const refused = await queue.ask(of('dull', 2)).catch((thrown) => thrown);
    expect(refused).toBeInstanceOf(QueueFull);
    expect(refused.secondsToWait).toBe(0);
    gone.abort();
    await first;
  });

  test('drops the texts of a request that is given up, and the others have their answers', async () => {
    const { calls, classifier } = gated();
    const queue = dynamicBatching(classifier, { mostWaiting: 100 });
    const first = queue.ask(of('good'));
    await turns();
    const gone = new AbortController();
    const given = queue.ask(of('bad film', 7), { signal: gone.signal });
    const other = queue.ask(of('dull film'));
    gone.abort(new Error('gone'));
    await expect(given).rejects.toThrow('gone');
    expect(queue.waiting()).toBe(1);
    calls[0]!.letThrough();
    await first;
    await turns();
    expect(calls.map(({ texts }) => texts)).toEqual([1, 1]);
    calls[1]!.letThrough();
    await other;
    await expect(queue.ask(of('good'), { signal: gone.signal })).rejects.toThrow('gone');
  });

  test('a text that the classifier fails on fails its own request alone', async () => {
    const { encode, capacity } = classifier;
    const bad = encode({ text: 'bad' }).ids.join();
    const logitsOf: Classifier['logitsOf'] = async (encodings) => {
      if (encodings.some(({ ids }) => ids.join() === bad)) throw new Error('failed');
      return classifier.logitsOf(encodings);
    };
    const queue = dynamicBatching({ encode, capacity, logitsOf }, { mostWaiting: 100 });
    const asked = ['good', 'bad', 'dull'].map((word) => queue.ask(of(word)));
    const settled = await Promise.allSettled(asked);
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await queue.ask(of('good'))).rows).toHaveLength(1);
  });
});
