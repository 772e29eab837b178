import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadTokenizer } from '../../src/pretrained/load-tokenizer.ts';
import { byteLevelJson } from '../../src/text/byte-level-files.ts';
import { tokenizerFromFiles } from '../../src/text/tokenizer-from-files.ts';
import { wordPieceTokenizerFiles } from '../../src/text/wordpiece-files.ts';
import byteLevel from '../fixtures/text/byte-level-cases.json' with { type: 'json' };
import wordPiece from '../fixtures/text/wordpiece-cases.json' with { type: 'json' };

type Case = [
  text: string,
  pair: string | null,
  maxLength: number | null,
  ids: number[],
  types: number[],
  words: number[],
];

const encodeCase = (tokenizer: ReturnType<typeof tokenizerFromFiles>, [text, pair, maxLength]: Case) =>
  tokenizer.encode(text, {
    ...(pair === null ? {} : { pair }),
    ...(maxLength === null ? {} : { maxLength }),
  });

/** Ids of a text without special tokens. */
const pieces = (tokenizer: ReturnType<typeof tokenizerFromFiles>, text: string) =>
  tokenizer.encode(text).ids.slice(1, -1);

/** What takes time by the square of a text's length takes ten times as long. */
const quick = { timeout: 5_000 };

const vocabTxt = wordPiece.vocab.map((token) => `${token}\n`).join('');
const uncased = () => tokenizerFromFiles({ 'vocab.txt': vocabTxt }, { where: 'fixture' });

// oracles/tokenizer_fixture.py: transformers 4.57.6, tokenizers 0.22.2
describe.each(wordPiece.settings)('a WordPiece tokenizer with $config', ({ config, cases }) => {
  const tokenizer = tokenizerFromFiles(
    { 'vocab.txt': vocabTxt, 'tokenizer_config.json': JSON.stringify(config) },
    { where: 'fixture' },
  );
  it.each(cases as Case[])('encodes %j (pair %j, length %j) as transformers does', (...one) => {
    const { ids, typeIds, wordIds } = encodeCase(tokenizer, one);
    expect({ ids, typeIds, wordIds }).toEqual({ ids: one[3], typeIds: one[4], wordIds: one[5] });
  });
});

describe('a byte-level BPE tokenizer', () => {
  const tokenizer = tokenizerFromFiles(byteLevel.files, { where: 'fixture' });
  it.each(byteLevel.cases as Case[])('encodes %j (pair %j, length %j) as transformers does', (...one) => {
    const { ids, typeIds, wordIds } = encodeCase(tokenizer, one);
    expect({ ids, typeIds, wordIds }).toEqual({ ids: one[3], typeIds: one[4], wordIds: one[5] });
  });

  it('gives the text of pieces back, and knows the first one by its space', () => {
    const [first, ...others] = pieces(tokenizer, ' unbelievable');
    expect(tokenizer.textOf([first!, ...others])).toBe('unbelievable');
    expect(tokenizer.textOf(pieces(tokenizer, ' 日é👩'))).toBe('日é👩');
    expect(tokenizer.isContinuation(first!)).toBe(false);
    expect(others.length > 0 && others.every(tokenizer.isContinuation)).toBe(true);
  });

  it('tells pieces that go on with a word from those that begin one and from punctuation', () => {
    const goesOn = (token: string) => tokenizer.isContinuation(tokenizer.idOf(token)!);
    // Ġ is a space; Ã is the first byte of é, a part of a letter
    expect(['a', 'le', "'t", 'Ã'].map(goesOn)).toEqual([true, true, true, true]);
    expect(['Ġ', 'Ġa', ',', '-', '<mask>'].map(goesOn)).toEqual([false, false, false, false, false]);
  });

  it('encodes a word of 10,000 letters, and gives it back', () => {
    const word = Array.from({ length: 10_000 }, (_, i) => 'abcdefghilmnu'[(i * i) % 13]).join('');
    const { ids, wordIds } = tokenizer.encode(word);
    expect(tokenizer.textOf(ids.slice(1, -1))).toBe(word);
    expect(new Set(wordIds.slice(1, -1))).toEqual(new Set([0]));
  });

  const { model, ...rest } = JSON.parse(byteLevel.files['tokenizer.json']);
  const older = {
    'vocab.json': JSON.stringify(model.vocab),
    'merges.txt': `#version: 0.2\n${model.merges.map((pair: string[]) => pair.join(' ')).join('\n')}\n`,
  };

  it('comes from vocab.json and merges.txt as transformers converts them', () => {
    const made = tokenizerFromFiles(
      { ...older, 'tokenizer_config.json': '{"model_max_length": 64}' },
      { where: 'older' },
    );
    expect(JSON.parse(made.files['tokenizer.json']!)).toEqual({ ...rest, model });
    expect(Object.keys(made.files)).toEqual(expect.arrayContaining(Object.keys(older)));
    expect(made.encode('a good film')).toEqual(tokenizer.encode('a good film'));
    expect(made.maxLength).toBe(64);
  });

  it('puts a space before the text where tokenizer_config.json asks for it', () => {
    for (const source of [byteLevel.files, older]) {
      const files = { ...source, 'tokenizer_config.json': '{"add_prefix_space": true}' };
      const spaced = tokenizerFromFiles(files, { where: 'spaced' });
      expect(spaced.encode('good film').ids).toEqual(tokenizer.encode(' good film').ids);
      expect(JSON.parse(spaced.files['tokenizer_config.json']!).add_prefix_space).toBe(true);
    }
  });

  it('reads the special tokens of RoBERTa', () => {
    const { clsId, padId, sepId, unkId, maskId, specialIds, maxLength } = tokenizer;
    expect([clsId, padId, sepId, unkId, maskId]).toEqual([0, 1, 2, 3, 4]);
    expect(specialIds).toEqual(new Set([0, 1, 2, 3, 4]));
    expect(maxLength).toBe(64);
  });
});

describe('a tokenizer', () => {
  it('encodes 100,000 words, whole and cut', () => {
    const text = 'film '.repeat(100_000);
    expect(uncased().encode(text).ids).toHaveLength(100_002);
    const cut = uncased().encode(text, { maxLength: 128 });
    expect(cut.ids).toHaveLength(128);
    expect(cut.truncated).toBe(true);
  });

  it('makes one unknown token of a word of 10,000 letters', () => {
    const { clsId, unkId, sepId, encode } = uncased();
    expect(encode('y'.repeat(10_000)).ids).toEqual([clsId, unkId, sepId]);
  });

  it('says which text each token of a pair comes from, and whether anything was cut', () => {
    const encoding = uncased().encode('good film', { pair: 'bad', maxLength: 5 });
    expect(encoding.textIds).toEqual([-1, 0, -1, 1, -1]);
    expect(encoding.truncated).toBe(true);
    expect(uncased().encode('good film', { pair: 'bad', maxLength: 6 }).truncated).toBe(false);
  });

  it.each<[string, string, number, string]>([
    ['leaves out a word that does not fit whole', 'good film unbelievable film', 6, 'good film'],
    ['keeps one that does', 'good film unbelievable film', 7, 'good film un ##believ ##able'],
    ['cuts inside a word rather than give up most of the room', 'good unbelievable', 5, 'good un ##believ'],
    ['changes nothing of a text that fits', 'unbelievable', 5, 'un ##believ ##able'],
  ])('with whole words %s', (_, text, maxLength, kept) => {
    const { encode, tokenOf } = uncased();
    const { ids, truncated } = encode(text, { maxLength, wholeWords: true });
    expect(ids.slice(1, -1).map(tokenOf).join(' ')).toBe(kept);
    expect(truncated).toBe(kept.split(' ').length < encode(text).ids.length - 2);
  });

  it('with whole words cuts each text of a pair so', () => {
    const { encode, tokenOf } = uncased();
    const options = { pair: 'film good film unbelievable', maxLength: 11, wholeWords: true };
    const { ids, textIds } = encode('good film good unbelievable', options);
    const textOf = (text: number) => ids.filter((_, i) => textIds[i] === text).map(tokenOf);
    expect(textOf(0)).toEqual(['good', 'film', 'good']); // of 4 tokens, un ##believ ##able being cut
    expect(textOf(1)).toEqual(['film', 'good', 'film']);
  });

  it('joins pieces to text and knows continuations', () => {
    const tokenizer = uncased();
    const ids = pieces(tokenizer, 'unbelievable');
    expect(ids.map(tokenizer.tokenOf)).toEqual(['un', '##believ', '##able']);
    expect(ids.map(tokenizer.isContinuation)).toEqual([false, true, true]);
    expect(tokenizer.textOf(ids)).toBe('unbelievable');
    expect(tokenizer.textOf([tokenizer.idOf('good')!, tokenizer.idOf('film')!])).toBe('good film');
  });

  it('refuses a maximum length below its special tokens', () => {
    expect(() => uncased().encode('film', { maxLength: 1 })).toThrowError(
      expect.objectContaining({ code: 'usage' }),
    );
  });

  it('finds an added token that is not special in the normalised text', () => {
    const files = wordPieceTokenizerFiles(wordPiece.vocab);
    const json = JSON.parse(files['tokenizer.json']!);
    const id = wordPiece.vocab.length;
    json.added_tokens.push({ id, content: 'FilmNoir', special: false, normalized: true });
    const tokenizer = tokenizerFromFiles(
      { ...files, 'tokenizer.json': JSON.stringify(json) },
      { where: 'fixture' },
    );
    expect(tokenizer.encode('good filmnoirs').ids.slice(1, -1)).toEqual([
      tokenizer.idOf('good'),
      id,
      tokenizer.idOf('s'),
    ]);
  });

  it('does not look words up among added tokens', () => {
    const files = wordPieceTokenizerFiles(wordPiece.vocab);
    const json = JSON.parse(files['tokenizer.json']!);
    const id = wordPiece.vocab.length;
    json.added_tokens.push({ id, content: 'filmgood', special: false, normalized: false });
    const tokenizer = tokenizerFromFiles(
      { ...files, 'tokenizer.json': JSON.stringify(json) },
      { where: 'fixture' },
    );
    expect(pieces(tokenizer, 'filmgood')).toEqual([id]);
    // Not in the text as it stands: lower-cased it is a word, and the vocabulary's are film, ##g, ##o, ##d.
    expect(pieces(tokenizer, 'FILMGOOD')).toEqual(pieces(uncased(), 'FILMGOOD'));
  });

  it('lets an added token take the white space beside it along, once, however long it is', quick, () => {
    const json = JSON.parse(byteLevel.files['tokenizer.json']);
    Object.assign(json.added_tokens.at(-1), { content: '<mask>', lstrip: true, rstrip: true });
    const tokenizer = tokenizerFromFiles({ 'tokenizer.json': JSON.stringify(json) }, { where: 'fixture' });
    const spaces = ' \u00a0\u3000'.repeat(50_000);
    const a = tokenizer.idOf('a')!;
    expect(pieces(tokenizer, `a${spaces}<mask>${spaces}<mask>\ta`)).toEqual([a, 4, 4, a]);
    const { ids, wordIds } = tokenizer.encode(`${spaces}a`); // no token to take them
    expect(tokenizer.tokenOf(ids.at(-2)!)).toBe('a');
    expect(wordIds.at(-2)).toBe(0);
  });

  it('lets tokenizer_config.json overrule the normalizer, and saves what it does', () => {
    const files = {
      ...wordPieceTokenizerFiles(wordPiece.vocab, { lowerCase: true }),
      'tokenizer_config.json': '{"do_lower_case": false}',
    };
    const tokenizer = tokenizerFromFiles(files, { where: 'fixture' });
    expect(pieces(tokenizer, 'The')).toEqual([tokenizer.idOf('The')]);
    expect(JSON.parse(tokenizer.files['tokenizer.json']!).normalizer.lowercase).toBe(false);
  });
});

describe('tokenizer.json as older and newer files write it', () => {
  /** A file of the fixtures with its model's type left out, and more changed. */
  const legacy = (text: string, change: (json: Json) => void = () => {}) => {
    const json = JSON.parse(text) as Json;
    delete json.model.type;
    change(json);
    return { 'tokenizer.json': JSON.stringify(json) };
  };
  type Json = { model: Record<string, unknown>; added_tokens: Record<string, unknown>[] } & Record<
    string,
    unknown
  >;
  const wordPieceJson = wordPieceTokenizerFiles(wordPiece.vocab)['tokenizer.json']!;
  const byteLevelJson = byteLevel.files['tokenizer.json'];
  const cut = { max_length: 4, strategy: 'LongestFirst', stride: 0, direction: 'Right' };
  const padded = { strategy: { Fixed: 128 }, pad_id: 0, pad_type_id: 0, pad_token: '[PAD]' };
  const processor = JSON.parse(byteLevelJson).post_processor;
  const offsets = { type: 'ByteLevel', add_prefix_space: true, trim_offsets: false };
  const [cls, sep] = ['<s>', '</s>'].map((id) => ({ SpecialToken: { id, type_id: 0 } }));
  const [first, second] = ['A', 'B'].map((id) => ({ Sequence: { id, type_id: 0 } }));
  const template = {
    type: 'TemplateProcessing',
    single: [cls, first, sep],
    pair: [cls, first, sep, sep, second, sep],
    special_tokens: { '<s>': { id: '<s>', ids: [0] }, '</s>': { id: '</s>', ids: [2] } },
  };

  it.each<[string, string, string, ((json: Json) => void)?]>([
    ['WordPiece without a type', 'WordPiece', wordPieceJson],
    ['BPE without a type', 'BPE', byteLevelJson],
    [
      'BPE as in roberta-base: merges as text, no use_regex, special tokens to be normalised',
      'BPE',
      byteLevelJson,
      (json) => {
        const { merges, ignore_merges, byte_fallback, ...model } = json.model;
        json.model = { ...model, merges: (merges as string[][]).map((pair) => pair.join(' ')) };
        json.pre_tokenizer = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true };
        for (const token of json.added_tokens) token.normalized = true;
      },
    ],
    [
      'texts to be cut and padded, which is for the caller to say',
      'WordPiece',
      wordPieceJson,
      (json) => Object.assign(json, { truncation: cut, padding: padded }),
    ],
    [
      'a sequence with ByteLevel, which moves offsets only',
      'BPE',
      byteLevelJson,
      (json) => {
        json.post_processor = { type: 'Sequence', processors: [processor, offsets] };
      },
    ],
    [
      'a sequence of ByteLevel and a template',
      'BPE',
      byteLevelJson,
      (json) => {
        json.post_processor = { type: 'Sequence', processors: [offsets, template] };
      },
    ],
  ])('%s: reads as the plain file and saves the type', (_, type, text, change) => {
    const plain = tokenizerFromFiles({ 'tokenizer.json': text }, { where: 'plain' });
    const files = legacy(text, change);
    const tokenizer = tokenizerFromFiles(files, { where: 'legacy' });
    for (const [one, pair] of [['The unbelievable film, <mask>'], ['good film', "isn't bad"]] as const) {
      const options = pair === undefined ? {} : { pair };
      expect(tokenizer.encode(one, options)).toEqual(plain.encode(one, options));
    }
    const { model, ...saved } = JSON.parse(tokenizer.files['tokenizer.json']!);
    expect(model).toEqual({ type, ...JSON.parse(files['tokenizer.json']).model });
    expect(saved.post_processor).toEqual(JSON.parse(files['tokenizer.json']).post_processor);
    expect(tokenizerFromFiles(tokenizer.files, { where: 'again' }).encode('film')).toEqual(
      plain.encode('film'),
    );
  });
});

describe('the files of a tokenizer', () => {
  it('make the same tokenizer again', () => {
    const text = 'The unbelievable film, good or bad';
    for (const tokenizer of [uncased(), tokenizerFromFiles(byteLevel.files, { where: 'fixture' })]) {
      const again = tokenizerFromFiles(tokenizer.files, { where: 'again' });
      expect(again.encode(text)).toEqual(tokenizer.encode(text));
      expect(again.files).toEqual(tokenizer.files);
    }
  });

  it('name class, length and special tokens where the source did not', () => {
    const { files } = uncased();
    expect(Object.keys(files).sort()).toEqual([
      'special_tokens_map.json',
      'tokenizer.json',
      'tokenizer_config.json',
      'vocab.txt',
    ]);
    expect(JSON.parse(files['tokenizer_config.json']!)).toMatchObject({
      tokenizer_class: 'BertTokenizer',
      model_max_length: 512,
      do_lower_case: true,
      mask_token: '[MASK]',
    });
    expect(files['vocab.txt']).toBe(vocabTxt);
  });
});

describe('loadTokenizer', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'vda-tokenizer-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('reads a folder with vocab.txt alone', async () => {
    await writeFile(join(folder, 'vocab.txt'), vocabTxt);
    expect((await loadTokenizer(folder)).encode('Good film').ids).toEqual(uncased().encode('Good film').ids);
  });

  it('says that there is no tokenizer in an empty or missing folder', async () => {
    const notFound = expect.objectContaining({ code: 'not-found', message: expect.stringContaining(folder) });
    await expect(loadTokenizer(folder)).rejects.toThrowError(notFound);
    await expect(loadTokenizer(join(folder, 'none'))).rejects.toThrowError(notFound);
  });

  const json = JSON.parse(wordPieceTokenizerFiles(wordPiece.vocab)['tokenizer.json']!);
  it.each([
    ['broken JSON', { 'tokenizer.json': '{' }, 'bad-input', 'tokenizer.json is not valid JSON'],
    [
      'a model type that is not known',
      { 'tokenizer.json': JSON.stringify({ ...json, model: { type: 'Unigram', vocab: [] } }) },
      'unsupported',
      'of type Unigram',
    ],
    [
      'a unigram model without a type',
      { 'tokenizer.json': JSON.stringify({ ...json, model: { unk_id: 0, vocab: [['<unk>', 0]] } }) },
      'unsupported',
      'of type Unigram',
    ],
    [
      'a vocabulary of whole words without a type',
      { 'tokenizer.json': JSON.stringify({ ...json, model: { unk_token: 'a', vocab: { a: 0 } } }) },
      'unsupported',
      'of type WordLevel',
    ],
    ['a file without a model', { 'tokenizer.json': '{}' }, 'bad-input', 'model'],
    [
      'a tokenizer without a post-processor',
      { 'tokenizer.json': JSON.stringify({ ...json, post_processor: null }) },
      'unsupported',
      'post-processor none',
    ],
    [
      'a post-processor that puts no special tokens',
      { 'tokenizer.json': JSON.stringify({ ...json, post_processor: { type: 'ByteLevel' } }) },
      'unsupported',
      'post-processor ByteLevel',
    ],
    [
      'two templates in a sequence',
      {
        'tokenizer.json': JSON.stringify({
          ...json,
          post_processor: { type: 'Sequence', processors: [json.post_processor, json.post_processor] },
        }),
      },
      'unsupported',
      'TemplateProcessing + TemplateProcessing',
    ],
    [
      'a normalizer that is not known',
      { 'tokenizer.json': JSON.stringify({ ...json, normalizer: { type: 'NFKC' } }) },
      'unsupported',
      'normalizer NFKC',
    ],
    [
      'a vocabulary of the wrong shape',
      { 'tokenizer.json': JSON.stringify({ ...json, model: { ...json.model, vocab: { a: 'x' } } }) },
      'bad-input',
      'model.vocab.a',
    ],
    [
      'a tokenizer class that vocab.txt is not enough for',
      { 'vocab.txt': vocabTxt, 'tokenizer_config.json': '{"tokenizer_class": "BertweetTokenizer"}' },
      'unsupported',
      'BertweetTokenizer',
    ],
    ['a vocabulary without special tokens', { 'vocab.txt': 'a\nb\n' }, 'bad-input', '[UNK]'],
    ['vocab.json without special tokens', { 'vocab.json': '{"a":0}', 'merges.txt': '' }, 'bad-input', '<s>'],
    [
      'a vocab.json of the wrong shape',
      { 'vocab.json': '["a"]', 'merges.txt': '' },
      'bad-input',
      'map tokens',
    ],
    ['vocab.json without merges.txt', { 'vocab.json': '{"a":0}' }, 'not-found', 'no tokenizer'],
    [
      'a tokenizer class that vocab.json and merges.txt are not enough for',
      {
        'vocab.json': '{"a":0}',
        'merges.txt': '',
        'tokenizer_config.json': '{"tokenizer_class": "GPT2Tokenizer"}',
      },
      'unsupported',
      'GPT2Tokenizer',
    ],
    [
      'a setting of the wrong type',
      { 'vocab.txt': vocabTxt, 'tokenizer_config.json': '{"do_lower_case": "yes"}' },
      'bad-input',
      'do_lower_case',
    ],
    [
      'an id that no vocabulary reaches',
      {
        'tokenizer.json': JSON.stringify({
          ...json,
          model: { ...json.model, vocab: { ...json.model.vocab, x: 1e9 } },
        }),
      },
      'bad-input',
      'model.vocab.x: expected a whole number from 0 to 9999999, got 1000000000',
    ],
    [
      'an id that is no whole number',
      {
        'tokenizer.json': JSON.stringify({
          ...json,
          model: { ...json.model, vocab: { ...json.model.vocab, x: 0.5 } },
        }),
      },
      'bad-input',
      'model.vocab.x: expected a whole number',
    ],
    [
      'an added token beyond the largest id',
      { 'tokenizer.json': JSON.stringify({ ...json, added_tokens: [{ id: 2 ** 32, content: '[X]' }] }) },
      'bad-input',
      'added_tokens[0].id: expected a number at most',
    ],
    [
      'a template that leaves the text out',
      {
        'tokenizer.json': JSON.stringify({ ...json, post_processor: { ...json.post_processor, single: [] } }),
      },
      'bad-input',
      'post_processor.single: expected the text A, once',
    ],
    [
      'a template for one text that asks for two',
      {
        'tokenizer.json': JSON.stringify({
          ...json,
          post_processor: { ...json.post_processor, single: json.post_processor.pair },
        }),
      },
      'bad-input',
      'post_processor.single: expected the text A, once',
    ],
    [
      'a template with a token of an inherited name, which it does not describe',
      {
        'tokenizer.json': JSON.stringify({
          ...json,
          post_processor: {
            ...json.post_processor,
            single: [...json.post_processor.single, { SpecialToken: { id: 'constructor', type_id: 0 } }],
          },
        }),
      },
      'bad-input',
      'places "constructor"',
    ],
    [
      'a word length beyond all words',
      {
        'tokenizer.json': JSON.stringify({
          ...json,
          model: { ...json.model, max_input_chars_per_word: 1e9 },
        }),
      },
      'bad-input',
      'model.max_input_chars_per_word: expected a number at most 1000',
    ],
    [
      'a length of no tokens',
      { 'vocab.txt': vocabTxt, 'tokenizer_config.json': '{"model_max_length": -5}' },
      'bad-input',
      'model_max_length: expected a whole number of at least 1',
    ],
    [
      'a special token of an inherited name, which the vocabulary does not have',
      {
        'vocab.json': '{"<s>":0,"</s>":1,"<unk>":2,"<mask>":3}',
        'merges.txt': '',
        'tokenizer_config.json': '{"pad_token": "constructor"}',
      },
      'bad-input',
      'constructor is not among',
    ],
    [
      'a splitting pattern of its own, whatever it is',
      {
        'tokenizer.json': JSON.stringify({
          ...json,
          pre_tokenizer: { type: 'Split', pattern: { Regex: '(a+)+$' }, behavior: 'Isolated', invert: false },
        }),
      },
      'unsupported',
      'the pre-tokenizer Split',
    ],
    [
      'a post-processor whose type is an object that calls itself toString',
      { 'tokenizer.json': JSON.stringify({ ...json, post_processor: { type: { toString: 1 } } }) },
      'unsupported',
      'post-processor of no name',
    ],
    [
      'a template with an id of no token',
      {
        'tokenizer.json': JSON.stringify({
          ...json,
          post_processor: { type: 'BertProcessing', sep: ['[SEP]', 65_536], cls: ['[CLS]', 2] },
        }),
      },
      'bad-input',
      'puts id 65536 around a text, which no token of its vocabulary has',
    ],
    [
      'a nesting that no tokenizer has',
      { 'tokenizer.json': `{"model": ${'['.repeat(100_000)}` },
      'bad-input',
      'nests deeper than',
    ],
  ])('refuses %s', async (_, files, code, message) => {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    await expect(loadTokenizer(folder)).rejects.toThrowError(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });

  it.each([
    [{ 'config.json': '{"model_type": "distilbert"}' }, 'DistilBertTokenizer'],
    [{ 'config.json': '{"model_type": "bert"}' }, 'BertTokenizer'],
    [
      {
        'config.json': '{"model_type": "distilbert"}',
        'tokenizer_config.json': '{"tokenizer_class": "BertTokenizer"}',
      },
      'BertTokenizer',
    ],
  ])('names the class as AutoTokenizer finds it: %j', async (more, named) => {
    for (const [name, text] of Object.entries({ 'vocab.txt': vocabTxt, ...more }))
      await writeFile(join(folder, name), text);
    const { files } = await loadTokenizer(folder);
    expect(JSON.parse(files['tokenizer_config.json']!).tokenizer_class).toBe(named);
    expect(Object.keys(files)).not.toContain('config.json');
  });

  it('takes no inherited name for a model family', async () => {
    await writeFile(join(folder, 'vocab.txt'), vocabTxt);
    await writeFile(join(folder, 'config.json'), '{"model_type": "constructor"}');
    expect((await loadTokenizer(folder)).files['tokenizer_config.json']).toContain('"BertTokenizer"');
  });

  it('keeps a token called __proto__', async () => {
    await writeFile(join(folder, 'vocab.txt'), `${vocabTxt}__proto__\n`);
    const tokenizer = await loadTokenizer(folder);
    expect(tokenizer.tokenOf(tokenizer.vocabSize - 1)).toBe('__proto__');
  });

  it('finds added tokens among thousands', async () => {
    const many = Array.from({ length: 30_000 }, (_, i) => ({
      id: 100 + i,
      content: `<extra${'x'.repeat(100)}${i}>`,
    }));
    await writeFile(
      join(folder, 'tokenizer.json'),
      JSON.stringify({ ...json, added_tokens: [...json.added_tokens, ...many] }),
    );
    const tokenizer = await loadTokenizer(folder);
    const { ids } = tokenizer.encode(`${many[7]!.content}${many[29_999]!.content}`);
    expect(ids.slice(1, -1)).toEqual([107, 30_099]);
  });

  it('reads merges in both ways of writing, in one file too', async () => {
    const special = ['<s>', '<pad>', '</s>', '<unk>', '<mask>'];
    const vocab = Object.fromEntries([...special, 'a', 'b', 'aa', 'bb'].map((token, id) => [token, id]));
    const made = byteLevelJson({ vocab, merges: [] }) as { readonly model: object };
    await writeFile(
      join(folder, 'tokenizer.json'),
      JSON.stringify({ ...made, model: { ...made.model, merges: ['a a', ['b', 'b']] } }),
    );
    expect((await loadTokenizer(folder)).encode('aabb').ids.slice(1, -1)).toEqual([7, 8]);
  });
});
