import { describe, expect, it } from 'vitest';
import { loadTokenizer } from '../../src/pretrained/load-tokenizer.ts';
import { subVocabularyFiles } from '../../src/text/sub-vocabulary.ts';
import { tokenizerFromFiles } from '../../src/text/tokenizer-from-files.ts';
import { wordPieceTokenizerFiles } from '../../src/text/wordpiece-files.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { writeTinyRoberta } from '../training/tiny-model.ts';

const characters = [...'adegilmns'].flatMap((letter) => [letter, `##${letter}`]);
const words = ['film', 'film##s', 'made', 'sad', '##mas', 'gleam'];
const whole = tokenizerFromFiles(
  wordPieceTokenizerFiles(
    ['[PAD]', '[unused0]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', ...words, ...characters, 'z', '.'],
    { stripAccents: false },
  ),
  { where: 'the tests' },
);
const lines = ['Sad made sad film', 'sad film made. GLEAM', 'sadmas film'];
const options = { maxLength: 16, where: 'the tests' };
const partOf = async (size: number, texts: readonly string[] = lines) =>
  tokenizerFromFiles(await subVocabularyFiles(whole, texts, { ...options, size }), { where: 'the tests' });

describe('a part of a vocabulary', () => {
  it('has special tokens first, then characters and the most frequent pieces in the order of the whole', async () => {
    const part = await partOf(24); // 5 special tokens, 8 letters in two forms, the full stop, and two
    const tokens = Array.from({ length: part.vocabSize }, (_, id) => part.tokenOf(id));
    expect(tokens).toEqual([
      ...['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', 'film', 'sad'],
      ...characters.filter((token) => !token.endsWith('n')),
      '.',
    ]);
    expect(part.padId).toBe(0);
    expect(part.maxLength).toBe(16);
  });

  it('cuts words whose pieces were left out into shorter ones, and none becomes unknown', async () => {
    const part = await partOf(24);
    const tokensOf = (text: string) => part.encode(text).ids.slice(1, -1).map(part.tokenOf);
    expect(tokensOf('Sadmas made film')).toEqual([
      ...['sad', '##m', '##a', '##s', 'm', '##a', '##d', '##e', 'film'],
    ]);
  });

  it('is smaller than asked where the texts do not show so many pieces', async () => {
    const { vocabSize, idOf } = await partOf(1000);
    expect(vocabSize).toBe(27); // film, made, sad, ##mas, gleam
    expect([idOf('film##s'), idOf('z'), idOf('[unused0]')]).toEqual([undefined, undefined, undefined]);
  });

  it('cleans text as the whole does', async () => {
    const files = await subVocabularyFiles(whole, lines, { ...options, size: 24 });
    const normalizerOf = (text: string | undefined) => JSON.parse(text!).normalizer;
    expect(normalizerOf(files['tokenizer.json'])).toEqual(normalizerOf(whole.files['tokenizer.json']));
    expect(normalizerOf(files['tokenizer.json']).strip_accents).toBe(false);
  });

  it.each([
    [
      'a size that cannot hold the characters',
      () => partOf(20),
      'vocabSize: expected at least 22, .* got 20',
    ],
    ['texts without words', () => partOf(30, [' ', '']), 'hold no words'],
    [
      'a byte-level vocabulary',
      async () =>
        subVocabularyFiles(await loadTokenizer(writeTinyRoberta(temporaryFolder())), lines, {
          ...options,
          size: 24,
        }),
      'of type BPE; .* from a WordPiece one alone',
    ],
  ])('refuses %s', async (_, make, message) => {
    await expect(make()).rejects.toThrow(new RegExp(message));
  });
});
