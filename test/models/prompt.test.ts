import { describe, expect, test } from 'vitest';
import { type Prompt, promptTokens } from '../../src/models/prompt.ts';
import { promptedTokenizer } from '../../src/models/prompted-tokenizer.ts';
import { loadTokenizer } from '../../src/pretrained/load-tokenizer.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { tinyTokenizer, writeTinyRoberta } from '../training/tiny-model.ts';

const labelWords = [['bad'], ['good', 'great']];
const named = (ids: readonly number[]) => ids.map(tinyTokenizer.tokenOf).join(' ');

describe('promptTokens', () => {
  test('of a mask behind the text counts its place from the end, of one in front from the start', () => {
    const behind = promptTokens({ template: '{text} it was [MASK].', labelWords }, tinyTokenizer);
    expect([named(behind.before), named(behind.after)]).toEqual(['', 'it was [MASK] .']);
    expect(behind.mask).toEqual({ fromEnd: 3 }); // [MASK] . [SEP]
    expect(behind.labelWords.map(named)).toEqual(['bad', 'good great']);
    const inFront = promptTokens({ template: 'a [MASK] film. {text}', labelWords }, tinyTokenizer);
    expect(named(inFront.before)).toBe('a [MASK] film .');
  });

  test.each<[Partial<Prompt>, string]>([
    [
      { template: 'it was [MASK].' },
      'promptTemplate: expected a sentence with {text} and [MASK] in it once each',
    ],
    [{ template: '{text} [MASK] [MASK]' }, 'once each'],
    [
      { template: '{text} it was not xyz [MASK]' },
      'promptTemplate: a word of "{text} it was not xyz [MASK]" is not in the vocabulary',
    ],
    [
      { labelWords: [['bad'], ['goodd']] },
      'labelWords: "goodd" is 2 tokens (good ##d); expected a word that is one token',
    ],
    [{ labelWords: [['bad'], ['xyz']] }, 'labelWords: "xyz" is not in the vocabulary'],
    [{ labelWords: [['bad'], ['good', 'bad']] }, 'labelWords: "bad" stands there twice'],
  ])('refuses %j', (over, message) => {
    const prompt = { template: '{text} it was [MASK].', labelWords, ...over };
    expect(() => promptTokens(prompt, tinyTokenizer)).toThrow(message);
  });

  test('of a byte-level vocabulary spells words as within a sentence', async () => {
    const tokenizer = await loadTokenizer(writeTinyRoberta(temporaryFolder()));
    const tokens = promptTokens({ template: '{text} a [MASK]', labelWords: [['good'], ['b']] }, tokenizer);
    expect(tokens.labelWords.flat().map(tokenizer.tokenOf)).toEqual(['Ġgood', 'Ġb']);
    expect(tokens.after.map(tokenizer.tokenOf)).toEqual(['Ġa', '<mask>']);
  });
});

describe('promptedTokenizer', () => {
  const tokens = promptTokens({ template: 'a [MASK] film. {text} it was', labelWords }, tinyTokenizer);
  const tokenizer = promptedTokenizer(tinyTokenizer, tokens);

  test('puts the prompt around a text, of no word and no text of its own', () => {
    const { ids, wordIds, textIds, typeIds, truncated } = tokenizer.encode('the plot');
    expect(named(ids)).toBe('[CLS] a [MASK] film . the plot it was [SEP]');
    expect(wordIds).toEqual([-1, -1, -1, -1, -1, 0, 1, -1, -1, -1]);
    expect(textIds).toEqual([-1, -1, -1, -1, -1, 0, 0, -1, -1, -1]);
    expect(typeIds).toEqual(ids.map(() => 0));
    expect(truncated).toBe(false);
  });

  test('puts it around both texts of a pair', () => {
    const { ids, typeIds } = tokenizer.encode('the plot', { pair: 'sad' });
    expect(named(ids)).toBe('[CLS] a [MASK] film . the plot [SEP] sad it was [SEP]');
    expect(typeIds).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1]);
  });

  test('leaves the text the room that is left', () => {
    const { ids, truncated } = tokenizer.encode('the plot is not good but nice', { maxLength: 11 });
    expect(named(ids)).toBe('[CLS] a [MASK] film . the plot is it was [SEP]');
    expect(truncated).toBe(true);
  });
});
