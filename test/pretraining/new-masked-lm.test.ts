import { describe, expect, it } from 'vitest';
import { familyOf } from '../../src/models/family-of.ts';
import { newMaskedLmOf, newMaskedLms } from '../../src/pretraining/new-masked-lm.ts';
import { tokenizerFromFiles } from '../../src/text/tokenizer-from-files.ts';

async function* lines(): AsyncGenerator<string> {
  yield* ['the film was great', 'a dull plot and a bad cast', 'it was a lovely scene'];
}
const sizes = { hiddenSize: 8, numHiddenLayers: 1, numAttentionHeads: 2, intermediateSize: 16 };

describe('a model from nothing', () => {
  it.each(Object.keys(newMaskedLms))(
    'of the family %s reads as many tokens as its tokenizer gives',
    async (modelType) => {
      const { learnTokenizer, config } = newMaskedLmOf(modelType);
      const files = await learnTokenizer(lines(), { size: 300, maxLength: 12 });
      const tokenizer = tokenizerFromFiles(files, { where: 'the test' });
      const family = familyOf(modelType);
      const parsed = family.config.read(config(tokenizer, sizes), 'the test');
      expect(parsed).toMatchObject({ ...sizes, vocabSize: tokenizer.vocabSize, padTokenId: tokenizer.padId });
      expect(family.positions({ ...parsed, modelType } as Parameters<typeof family.positions>[0])).toBe(12);
    },
  );

  it('has its fields in the order in which they have always been saved', () => {
    const tokenizer = { vocabSize: 50, padId: 1, clsId: 0, sepId: 2, maxLength: 12 };
    const own = (modelType: string) =>
      JSON.stringify(newMaskedLmOf(modelType).config(tokenizer as Parameters<typeof config>[0], sizes));
    const { config } = newMaskedLmOf('bert');
    const shape =
      '"vocab_size":50,"hidden_size":8,"num_hidden_layers":1,"num_attention_heads":2,"intermediate_size":16';
    expect(own('bert')).toBe(`{${shape},"max_position_embeddings":12,"pad_token_id":1}`);
    expect(own('roberta')).toBe(
      `{${shape},"max_position_embeddings":14,"type_vocab_size":1,"layer_norm_eps":0.00001,"pad_token_id":1,"bos_token_id":0,"eos_token_id":2}`,
    );
  });

  it('of another family is refused', () => {
    expect(() => newMaskedLmOf('t5')).toThrow(
      'No model of type "t5" is pre-trained from scratch; those that are: bert, roberta.',
    );
  });
});
