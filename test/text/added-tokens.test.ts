import { describe, expect, it } from 'vitest';
import { familyOf } from '../../src/models/family-of.ts';
import { tokenizerFromFiles } from '../../src/text/tokenizer-from-files.ts';
import fixture from '../fixtures/text/added-tokens-cases.json' with { type: 'json' };

// oracles/added_tokens_fixture.py: transformers 4.57.6, tokenizers 0.22.2
describe.each(fixture.cases)('added tokens: $name', ({ files, size, ids }) => {
  const tokenizer = tokenizerFromFiles(files as unknown as Record<string, string>, { where: 'fixture' });

  it('have the ids that transformers gives them', () => {
    expect(fixture.texts.map((text) => tokenizer.encode(text).ids)).toEqual(ids);
    expect(tokenizer.vocabSize).toBe(size);
  });

  it('have the same ids once saved', () => {
    const again = tokenizerFromFiles(
      { ...tokenizer.files, 'config.json': files['config.json'] },
      { where: 'saved' },
    );
    expect(fixture.texts.map((text) => again.encode(text).ids)).toEqual(ids);
    expect(Object.keys(tokenizer.files)).not.toContain('added_tokens.json');
    const config = JSON.parse(tokenizer.files['tokenizer_config.json']!);
    for (const [id, { content }] of Object.entries<{ content: string }>(config.added_tokens_decoder ?? {})) {
      expect(again.idOf(content)).toBe(Number(id));
    }
  });
});

describe('added_tokens.json', () => {
  it('is refused where it does not map tokens to ids', () => {
    const [{ files }] = fixture.cases as unknown as [{ files: Record<string, string> }];
    const { 'tokenizer_config.json': _, ...older } = files;
    for (const content of ['["<user>"]', '{"<user>": "8000"}', '{"<user>": -1}']) {
      expect(() =>
        tokenizerFromFiles({ ...older, 'added_tokens.json': content }, { where: 'there' }),
      ).toThrow(/there\/added_tokens\.json should map tokens to ids/);
    }
  });
});

describe('token types of a pair', () => {
  const wordPiece = fixture.cases.find(({ name }) => name.includes('beside tokenizer.json'))!;
  const typesWith = (config: object, family: string) => {
    const texts = {
      'tokenizer.json': wordPiece.files['tokenizer.json']!,
      'tokenizer_config.json': JSON.stringify(config),
      'config.json': JSON.stringify({ model_type: family }),
    };
    const classOfFamily = (modelType: string) => familyOf(modelType).tokenizerClass;
    return tokenizerFromFiles(texts, { where: 'fixture', classOfFamily }).encode('a', { pair: 'film' })
      .typeIds;
  };
  // transformers 4.57.6: `model_input_names` of the class, or of tokenizer_config.json.
  it.each([
    ['of BERT’s class', { tokenizer_class: 'BertTokenizer' }, 'roberta', [0, 0, 0, 1, 1]],
    ['of a class without types', { tokenizer_class: 'DistilBertTokenizerFast' }, 'bert', [0, 0, 0, 0, 0]],
    ['of no named class, in a RoBERTa', {}, 'roberta', [0, 0, 0, 0, 0]],
    ['of no named class, in a BERT', {}, 'bert', [0, 0, 0, 1, 1]],
    [
      'of a class with types, whose inputs are named without',
      { tokenizer_class: 'BertTokenizer', model_input_names: ['input_ids', 'attention_mask'] },
      'bert',
      [0, 0, 0, 0, 0],
    ],
  ])('are those of the tokenizer %s', (_, config, family, expected) => {
    expect(typesWith(config, family)).toEqual(expected);
  });
});

describe('the case of a text', () => {
  const wordPiece = fixture.cases.find(({ name }) => name.includes('beside tokenizer.json'))!;
  const lowers = (lowercase: boolean, config: object | undefined) => {
    const json = JSON.parse(wordPiece.files['tokenizer.json']!);
    json.normalizer.lowercase = lowercase;
    const texts = {
      'tokenizer.json': JSON.stringify(json),
      ...(config && { 'tokenizer_config.json': JSON.stringify(config) }),
      'config.json': '{"model_type": "bert"}',
    };
    const read = (files: Readonly<Record<string, string>>) => {
      const tokenizer = tokenizerFromFiles(files, { where: 'fixture' });
      const [upper, lower] = ['FILM', 'film'].map((text) => tokenizer.encode(text).ids.join());
      return { tokenizer, isLowered: upper === lower };
    };
    const { tokenizer, isLowered } = read(texts);
    expect(read({ ...tokenizer.files, 'config.json': texts['config.json'] }).isLowered).toBe(isLowered);
    return isLowered;
  };
  // transformers 4.57.6, AutoTokenizer.
  it.each([
    ['BERT’s default where no configuration says it', false, undefined, true],
    ['BERT’s default where its configuration does not', false, { tokenizer_class: 'BertTokenizer' }, true],
    ['the configuration’s', true, { tokenizer_class: 'BertTokenizer', do_lower_case: false }, false],
    [
      'tokenizer.json’s for a bare fast class',
      true,
      { tokenizer_class: 'PreTrainedTokenizerFast', do_lower_case: false },
      true,
    ],
    [
      'tokenizer.json’s for it, the other way',
      false,
      { tokenizer_class: 'PreTrainedTokenizerFast', do_lower_case: true },
      false,
    ],
  ])('is %s', (_, lowercase, config, expected) => {
    expect(lowers(lowercase, config)).toBe(expected);
  });
});
