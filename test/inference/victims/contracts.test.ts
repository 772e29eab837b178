import { describe, expect, test } from 'vitest';
import { probabilitiesOf } from '../../../src/base/probabilities-of.ts';
import { chat } from '../../../src/inference/victims/chat.ts';
import { labelsOf, rowOf } from '../../../src/inference/victims/contract.ts';
import { huggingFace } from '../../../src/inference/victims/hugging-face.ts';
import { respond, TooLarge } from '../../../src/inference/victims/respond.ts';
import { textEmbeddingsInference } from '../../../src/inference/victims/text-embeddings-inference.ts';
import { textattack } from '../../../src/inference/victims/textattack.ts';

const labels = ['negative', 'positive'];
const probabilities = { scores: 'probabilities', labels } as const;
const [a, b] = [{ text: 'a' }, { text: 'b' }];
const pair = { text: 'a', textPair: 'b' };

/** Doubles its input's length: any two texts of other lengths have other rows. */
const responder = {
  labels,
  ask: async (inputs: readonly { text: string; textPair?: string }[]) => ({
    rows: inputs.map(({ text, textPair = '' }) => [text.length, 2 * textPair.length]),
    truncated: inputs.map(({ text }) => text.length > 5),
  }),
};
const limits = { maxTexts: 4, maxTextLength: 10 };
const answerTo = async (body: unknown, options = {}) =>
  (await respond(body, responder, { ...limits, ...options })).answer;

describe('a request', () => {
  test('in TextAttack’s contract: one text alone, several as a list', () => {
    expect(textattack.body([a], probabilities)).toEqual({ text: 'a' });
    expect(textattack.body([a, b], probabilities)).toEqual({ text: ['a', 'b'] });
  });

  test('in Hugging Face’s: texts or {text, text_pair}, and no function for logits', () => {
    expect(huggingFace.body([a, pair], probabilities)).toEqual({
      inputs: ['a', { text: 'a', text_pair: 'b' }],
      parameters: { top_k: 1000 },
    });
    expect(huggingFace.body([a], { scores: 'logits' })).toMatchObject({
      parameters: { function_to_apply: 'none' },
    });
  });

  test('in that of Text Embeddings Inference: each input a list, so that two texts are no pair', () => {
    expect(textEmbeddingsInference.body([a, pair], { scores: 'logits' })).toEqual({
      ...{ inputs: [['a'], ['a', 'b']], raw_scores: true, truncate: true },
    });
  });

  test('in chat: the label words, temperature 0, and the likeliest tokens', () => {
    expect(chat.body([a], { ...probabilities, model: 'm' })).toMatchObject({
      ...{ model: 'm', temperature: 0, max_tokens: 1, logprobs: true, top_logprobs: 20 },
      messages: [
        { role: 'system', content: expect.stringContaining('negative, positive') },
        { content: 'a' },
      ],
    });
    const decisions = chat.body([a], { scores: 'decisions', labels, instruction: 'Say it.' });
    expect(decisions).toMatchObject({ messages: [{ content: 'Say it.' }, {}] });
    expect(decisions).not.toHaveProperty('logprobs');
  });
});

describe('an answer in chat', () => {
  const answered = (tokens: readonly (readonly [string, number])[]) => ({
    choices: [
      {
        logprobs: {
          content: [{ top_logprobs: tokens.map(([token, p]) => ({ token, logprob: Math.log(p) })) }],
        },
      },
    ],
  });
  const said = (answer: unknown, scores: 'probabilities' | 'decisions' = 'probabilities') =>
    rowOf(chat.said(answer, { asked: [a], settings: { scores, labels } })[0]!, { labels, scores });

  test('is the mass of each label’s tokens over that of all, whatever case and spaces', () => {
    const row = Array.from(
      said(
        answered([
          ['Pos', 0.5],
          [' positive', 0.1],
          ['neg', 0.2],
          ['The', 0.1],
        ]),
      ),
    );
    expect(row[0]).toBeCloseTo(0.2 / 0.8, 12);
    expect(row[1]).toBeCloseTo(0.6 / 0.8, 12);
  });

  test('counts a label without a token as the least likely of those named', () => {
    const row = Array.from(
      said(
        answered([
          ['positive', 0.9],
          ['The', 0.1],
        ]),
      ),
    );
    expect(row[0]).toBeCloseTo(0.1, 12);
  });

  test('without logprobs stops; without a label it is the text’s fault', () => {
    expect(() => said({ choices: [{ message: { content: 'positive' } }] })).toThrow(
      /without the log-probabilities/,
    );
    expect(() => said(answered([['I', 0.9]]))).toThrow(/none of its labels/);
    expect(() => said({ error: 'x' })).toThrow(/expected a chat completion/);
  });

  test('as a decision is the label that it begins with', () => {
    const decision = (content: string) => said({ choices: [{ message: { content } }] }, 'decisions');
    expect(decision('"Positive."')).toEqual([0, 1]);
    expect(decision('negative')).toEqual([1, 0]);
    expect(() => decision('positively yes')).toThrow(/none of its labels/);
  });
});

describe('a row', () => {
  const row = (said: Record<string, number>, scores: 'probabilities' | 'decisions' = 'probabilities') =>
    rowOf(new Map(Object.entries(said)), { labels, scores });
  test('has the labels’ order, and none is missing or foreign', () => {
    expect(row({ positive: 0.9, negative: 0.1 })).toEqual([0.1, 0.9]);
    expect(() => row({ positive: 1 })).toThrow(/scores for 1 of 2 labels, none for "negative"/);
    expect(() => row({ positive: 1, neutral: 0 })).toThrow(/the label "neutral"/);
    expect(() => row({ positive: Number.NaN, negative: 0 })).toThrow(/NaN for the label "positive"/);
  });
  test('of a decision is one, whatever the score of the best label', () => {
    expect(row({ positive: 0.4 }, 'decisions')).toEqual([0, 1]);
  });
  test('has labels by number where they have one', () => {
    expect(
      labelsOf(
        new Map([
          ['LABEL_10', 0],
          ['LABEL_2', 0],
        ]),
      ),
    ).toEqual(['LABEL_2', 'LABEL_10']);
    expect(
      labelsOf(
        new Map([
          ['b', 0],
          ['a', 0],
        ]),
      ),
    ).toEqual(['a', 'b']);
  });
});

describe('a served classifier', () => {
  const contracts = [
    [textattack, [a, { text: 'abc' }], false],
    [textattack, [a], false],
    [huggingFace, [a, { text: 'abc' }, pair], false],
    [textEmbeddingsInference, [a, { text: 'abc' }, pair], true],
  ] as const;
  test.each(contracts)('answers what each contract asks (%#)', async (contract, asked, isPredict) => {
    for (const scores of ['probabilities', 'logits'] as const) {
      const settings = { scores, labels };
      if (scores === 'logits' && contract === textattack) continue; // it has no way to ask for logits
      const answer = await answerTo(contract.body(asked, settings), { isPredict });
      const rows = contract.said(answer, { asked, settings }).map((said) => rowOf(said, { labels, scores }));
      const { rows: logits } = await responder.ask(asked);
      expect(rows).toEqual(scores === 'logits' ? logits : logits.map(probabilitiesOf));
    }
  });

  test('answers a lone text without a list, and two strings at /predict as a pair', async () => {
    expect(await answerTo({ inputs: 'ab', parameters: { top_k: 1 } })).toEqual([
      { label: 'negative', score: expect.any(Number) },
    ]);
    expect(await answerTo({ inputs: ['a', 'b'] }, { isPredict: true })).toMatchObject([
      { label: 'positive' },
      {},
    ]);
  });

  test('says of which texts the model read the beginning alone', async () => {
    const { truncated, texts } = await respond({ text: ['a', 'abcdef', 'b', 'bcdefg'] }, responder, limits);
    expect([truncated, texts]).toEqual([[1, 3], 4]);
  });

  test.each([
    [{ text: ['a', 'b', 'c', 'd', 'e'] }, false, /^5 texts in "text"; expected 4 at most/],
    [
      { inputs: ['a', 'a'.repeat(11)] },
      false,
      /^Text 1 .* of "inputs" has 11 characters; expected 10 at most/,
    ],
    [{ inputs: [{ text: 'abcdef', text_pair: 'abcdef' }] }, false, /^Text 0 .* has 12 characters/],
    [{ inputs: [['a'], ['abcdef']], truncate: false }, true, /^Text 1 .* more tokens than the model reads/],
  ])('refuses as too large %j', async (body, isPredict, message) => {
    const refused = await answerTo(body, { isPredict }).catch((thrown) => thrown);
    expect(refused).toBeInstanceOf(TooLarge);
    expect((refused as Error).message).toMatch(message);
  });

  test.each([
    [{}],
    [null],
    [{ text: 1 }],
    [{ text: [] }],
    [{ inputs: [1] }],
    [{ inputs: { text: 1 } }],
    [{ inputs: ['a', 1] }],
    [{ inputs: 'a', parameters: 1 }],
    [{ inputs: 'a', parameters: { top_k: 0 } }],
    [{ inputs: 'a', parameters: { top_k: '1' } }],
    [{ inputs: 'a', parameters: { function_to_apply: 'sigmoid' } }],
    ['a'],
  ])('refuses %j', async (body) => {
    await expect(answerTo(body)).rejects.toThrow(/body of the request/);
  });

  test('takes null for what is not given, as Python writes it, and refuses switches that are none', async () => {
    const plain = await answerTo({ inputs: [{ text: 'a' }] });
    expect(await answerTo({ inputs: [{ text: 'a', text_pair: null }], parameters: null })).toEqual(plain);
    expect(await answerTo({ inputs: 'a', raw_scores: null }, { isPredict: true })).toEqual(
      await answerTo({ inputs: 'a' }, { isPredict: true }),
    );
    for (const odd of [{ raw_scores: 'yes' }, { truncate: 'false' }]) {
      const asked = answerTo({ inputs: 'a', ...odd }, { isPredict: true });
      await expect(asked).rejects.toThrow(/true or false in "/);
    }
  });
});
