import { describe, expect, it } from 'vitest';
import { checkVocabulary } from '../../src/pretrained/check-vocabulary.ts';

describe('checkVocabulary', () => {
  it('wants a row for every token and allows more rows', () => {
    expect(() => checkVocabulary({ tokenizerSize: 5, embeddingRows: 8 })).not.toThrow();
    expect(() => checkVocabulary({ tokenizerSize: 9, embeddingRows: 8 })).toThrow(/9 tokens.*only 8 rows/);
  });
});
