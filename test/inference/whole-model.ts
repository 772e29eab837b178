import { tinyVocabulary, writeTinyModel } from '../training/tiny-model.ts';

/** The tiny BERT with both heads, so that it can be attacked and propose the words. */
export const writeWholeModel = (folder: string, vocabulary: readonly string[] = tinyVocabulary): string =>
  writeTinyModel(folder, { vocabulary, leaveOut: '(none of its tensors)' });

/** More tokens than its embedding has rows. */
export const tooManyTokens: readonly string[] = [
  ...tinyVocabulary,
  ...Array.from({ length: 10 }, (_, i) => `extra${i}`),
];
