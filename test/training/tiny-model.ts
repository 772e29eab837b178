import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readFloat32, readSafetensors, writeSafetensors } from '../../src/pretrained/safetensors.ts';
import { byteLevelTokenizerFiles } from '../../src/text/byte-level-files.ts';
import { tokenizerFromFiles } from '../../src/text/tokenizer-from-files.ts';
import { wordPieceTokenizerFiles } from '../../src/text/wordpiece-files.ts';

/** The BERT that oracles/tiny_bert.py made: 50 tokens, 32 dimensions, 2 layers, 20 positions, both heads. */
export const tinyBert = new URL('../fixtures/models/tiny-bert', import.meta.url).pathname;

/** The vocabulary of 48 tokens for it. */
export const tinyVocabulary: readonly string[] = [
  ...'[PAD] [UNK] [CLS] [SEP] [MASK] . , good great fine nice lovely bad awful poor dull sad film plot'.split(
    ' ',
  ),
  ...'cast scene score joke the a an is was very not so and but it this'.split(' '),
  ...'##a b ##b c ##c d ##d e ##e f ##f g ##g'.split(' '),
];

export const tinyTokenizer = tokenizerFromFiles(wordPieceTokenizerFiles(tinyVocabulary, { maxLength: 20 }), {
  where: 'the tests',
});

/**
 * Makes a model folder of the tiny BERT with a tokenizer: a masked language model, so without the classifier (of three
 * classes) unless asked.
 */
export function writeTinyModel(
  folder: string,
  p: { readonly vocabulary?: readonly string[]; readonly leaveOut?: string } = {},
): string {
  const { vocabulary = tinyVocabulary, leaveOut = 'classifier.' } = p;
  copyFileSync(join(tinyBert, 'config.json'), join(folder, 'config.json'));
  const file = readSafetensors(join(tinyBert, 'model.safetensors'));
  const kept = [...file.entries.keys()].filter((name) => !name.startsWith(leaveOut));
  const tensors = new Map(kept.map((name) => [name, readFloat32(file, name)]));
  writeSafetensors(join(folder, 'model.safetensors'), tensors);
  for (const [name, text] of Object.entries(wordPieceTokenizerFiles(vocabulary, { maxLength: 20 })))
    writeFileSync(join(folder, name), text);
  return folder;
}

/** The RoBERTa that oracles/tiny_roberta.py made: 40 tokens, 16 dimensions, 2 layers, 20 positions, both heads. */
const tinyRoberta = new URL('../fixtures/models/tiny-roberta', import.meta.url).pathname;

/** A byte-level vocabulary for it that knows 'good', ' good', ' a' and ' b' beside single letters. */
const tinyByteLevel = (() => {
  const merges = ['g o', 'o d', 'go od', 'Ġ good', 'Ġ a', 'Ġ b'].map((pair) => pair.split(' '));
  const letters = [...'abcdefghijklmnopqrstuvwxyz.,Ġ'];
  const tokens = [
    '<s>',
    '<pad>',
    '</s>',
    '<unk>',
    '<mask>',
    ...letters,
    ...merges.map((pair) => pair.join('')),
  ];
  return {
    vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
    merges: merges as [string, string][],
  };
})();

/** Makes a model folder of the tiny RoBERTa with a tokenizer and both heads. */
export function writeTinyRoberta(folder: string): string {
  for (const name of ['config.json', 'model.safetensors'])
    copyFileSync(join(tinyRoberta, name), join(folder, name));
  for (const [name, text] of Object.entries(byteLevelTokenizerFiles(tinyByteLevel, { maxLength: 20 })))
    writeFileSync(join(folder, name), text);
  return folder;
}
