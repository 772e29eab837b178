import { quotedExcerpt } from '../base/excerpt.ts';
import type { Example } from './dataset.ts';

/**
 * What to say where all of several examples are of one class: what is measured on them is about that class alone, and a
 * classifier that always answers it is always right.
 *
 * @param p.what names the examples at the head of the sentence: `test.tsv`
 * @returns nothing where there are two classes, or at most one example
 */
export function oneClassRemarks(
  examples: readonly Pick<Example, 'label'>[],
  { what, labels }: { readonly what: string; readonly labels: readonly string[] },
): readonly string[] {
  const first = examples[0]?.label;
  if (first === undefined || examples.length < 2 || examples.some(({ label }) => label !== first)) return [];
  return [
    `${what}: all ${examples.length} texts are of one class, ${quotedExcerpt(labels[first]!)}; figures on them say ` +
      'nothing of the other classes.',
  ];
}
