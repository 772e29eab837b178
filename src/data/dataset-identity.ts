import type { Part } from '../base/part.ts';
import { contentHashOf } from '../files/content-hash.ts';
import type { Dataset } from './dataset.ts';

/**
 * Labelled texts by what they say: ids, texts, names of their classes. The file they came from, its format and its other
 * columns are not in it.
 */
export const datasetIdentity = ({ examples, labels }: Pick<Dataset, 'examples' | 'labels'>): Part => ({
  id: 'texts',
  settings: { count: examples.length, labels },
  content: contentHashOf(
    examples.map(({ id, text, textPair, label }) => JSON.stringify([id, labels[label], text, textPair])),
  ),
});
