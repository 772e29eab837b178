import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { wordPieceTokenizerFiles } from '../../src/text/wordpiece-files.ts';

/** The BERT that oracles/tiny_bert.py made: 50 tokens, 32 dimensions, 2 layers, 20 positions, both heads. */
export const tinyBert = new URL('../fixtures/models/tiny-bert', import.meta.url).pathname;

const words = [
  ...[
    'good',
    'great',
    'fine',
    'nice',
    'lovely',
    'bad',
    'awful',
    'poor',
    'dull',
    'sad',
    'film',
    'plot',
    'cast',
  ],
  ...[
    'scene',
    'score',
    'joke',
    'the',
    'a',
    'an',
    'is',
    'was',
    'very',
    'not',
    'so',
    'and',
    'but',
    'it',
    'this',
  ],
];
const letters = [...'abcdefg'].flatMap((letter) => [letter, `##${letter}`]);

/** A vocabulary of 50 tokens for it. */
export const tinyVocabulary: readonly string[] = [
  ...['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]', '.', ','],
  ...[...new Set([...words, ...letters])],
].slice(0, 50);

/** Makes a model folder of the tiny BERT: weights with the classifier's and the masked LM's heads, and a tokenizer. */
export function writeTinyModel(folder: string, vocabulary = tinyVocabulary): string {
  for (const name of ['config.json', 'model.safetensors'])
    copyFileSync(join(tinyBert, name), join(folder, name));
  for (const [name, text] of Object.entries(wordPieceTokenizerFiles(vocabulary, { maxLength: 20 })))
    writeFileSync(join(folder, name), text);
  return folder;
}
