import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { loadTokenizer } from '../../src/pretrained/load-tokenizer.ts';
import { byteLevelTokenizerFiles } from '../../src/text/byte-level-files.ts';
import { bytesOf } from '../../src/text/byte-level-units.ts';
import type { Tokenizer } from '../../src/text/tokenizer.ts';
import { wordPieceTokenizerFiles } from '../../src/text/wordpiece-files.ts';
import { fuzz, fuzzFolder } from './fuzz.ts';
import { mutatedBytes, mutatedJson } from './mutate-json.ts';

const wordPiece = wordPieceTokenizerFiles([
  '[PAD]',
  '[UNK]',
  '[CLS]',
  '[SEP]',
  '[MASK]',
  'a',
  '##a',
  'film',
  '.',
]);
const special = ['<s>', '<pad>', '</s>', '<unk>', '<mask>'];
const byteLevel = byteLevelTokenizerFiles({
  vocab: Object.fromEntries(
    [...special, ...bytesOf('a film.[]MASK'), 'aa', 'aaaa', 'Ġa'].map((token, id) => [token, id]),
  ),
  merges: [
    ['a', 'a'],
    ['aa', 'aa'],
    ['Ġ', 'a'],
  ],
});

/** Texts on which a tokenizer may run away. */
const probes = [
  '',
  'A film.',
  ' \t\n\u00a0',
  'a'.repeat(300),
  'aaaa '.repeat(50),
  '['.repeat(300),
  'é中\ud800\u0000[MASK]<mask>',
];

/** Asks a tokenizer all that the rest of the project does. */
function use(tokenizer: Tokenizer): void {
  const check = (ids: readonly number[]) => {
    const odd = ids.find((id) => !(Number.isInteger(id) && id >= 0 && id < tokenizer.vocabSize));
    if (odd !== undefined) throw new Error(`id ${odd} of ${tokenizer.vocabSize}`);
  };
  for (const text of probes) {
    check(tokenizer.encode(text).ids);
    check(tokenizer.encode(text, { maxLength: 70, pair: 'A film.', wholeWords: true }).ids);
    tokenizer.textOf(tokenizer.encode(text, { maxLength: 70 }).ids);
  }
  for (let id = 0; id < Math.min(10, tokenizer.vocabSize); id++) tokenizer.isContinuation(id);
}

const folder = fuzzFolder();
/** A folder of these files, one of them replaced; those of `without` are not there. */
const read =
  (files: Readonly<Record<string, string>>, without: readonly string[] = []) =>
  async ({ name, content }: { readonly name: string; readonly content: string | Uint8Array }) => {
    for (const file of ['tokenizer.json', 'vocab.txt', 'vocab.json', 'merges.txt', 'added_tokens.json'])
      rmSync(join(folder, file), { force: true });
    for (const [file, text] of Object.entries(files)) {
      if (!without.includes(file)) writeFileSync(join(folder, file), text);
    }
    writeFileSync(join(folder, name), content);
    use(await loadTokenizer(folder));
  };

const json = (files: Readonly<Record<string, string>>, name: string) =>
  fc.record({ name: fc.constant(name), content: mutatedJson(JSON.parse(files[name]!)) });
const bytes = (files: Readonly<Record<string, string>>, name: string) =>
  fc.record({ name: fc.constant(name), content: mutatedBytes(Buffer.from(files[name]!)) });

fuzz('tokenizer.json of WordPiece and its settings are read or refused, whatever is in them', {
  cases: fc.oneof(
    { weight: 4, arbitrary: json(wordPiece, 'tokenizer.json') },
    { weight: 1, arbitrary: json(wordPiece, 'tokenizer_config.json') },
    { weight: 1, arbitrary: json(wordPiece, 'special_tokens_map.json') },
    { weight: 1, arbitrary: bytes(wordPiece, 'tokenizer.json') },
  ),
  paths: [folder],
  read: read(wordPiece),
});

fuzz('tokenizer.json of byte-level BPE and its settings are read or refused, whatever is in them', {
  cases: fc.oneof(
    { weight: 5, arbitrary: json(byteLevel, 'tokenizer.json') },
    { weight: 1, arbitrary: json(byteLevel, 'tokenizer_config.json') },
  ),
  paths: [folder],
  read: read(byteLevel),
});

const slow = {
  ...wordPiece,
  'added_tokens.json': '{"<user>": 9, "<bot>": 10}',
  'tokenizer_config.json': JSON.stringify({
    ...JSON.parse(wordPiece['tokenizer_config.json']!),
    ...{
      additional_special_tokens: ['<user>', { content: '<x>', lstrip: true }],
      model_input_names: ['input_ids'],
    },
    added_tokens_decoder: { 9: { content: '<user>', special: true }, 10: { content: '<bot>' } },
  }),
};
fuzz('tokens added by other files are read or refused, whatever is in them', {
  cases: fc.oneof(json(slow, 'added_tokens.json'), json(slow, 'tokenizer_config.json')),
  paths: [folder],
  read: read(slow),
});

fuzz('vocab.txt is read or refused, whatever is in it', {
  cases: fc.oneof(bytes(wordPiece, 'vocab.txt'), json(wordPiece, 'tokenizer_config.json')),
  paths: [folder],
  read: read(wordPiece, ['tokenizer.json']),
});

fuzz('vocab.json and merges.txt are read or refused, whatever is in them', {
  cases: fc.oneof(
    json(byteLevel, 'vocab.json'),
    bytes(byteLevel, 'merges.txt'),
    bytes(byteLevel, 'vocab.json'),
    json(byteLevel, 'tokenizer_config.json'),
  ),
  paths: [folder],
  read: read(byteLevel, ['tokenizer.json']),
});
