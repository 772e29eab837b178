import { VdaError } from '../../base/error.ts';
import { excerpt, excerptList } from '../../base/excerpt.ts';
import type { Dataset, Example } from '../../data/dataset.ts';
import { drawExamples } from '../../data/draw-examples.ts';
import { oneClassRemarks } from '../../data/one-class.ts';

/**
 * The part of a data set that an attack is made on, and what to say about it; nothing where it is all of it.
 * @throws VdaError `usage` where `--offset` leaves nothing
 */
export function attackedPart(
  data: Dataset,
  { numExamples, offset }: { readonly numExamples: number; readonly offset: number },
): { readonly examples: readonly Example[]; readonly remarks: readonly string[] } {
  const { examples: all, labels, path } = data;
  if (offset >= all.length) {
    throw new VdaError(
      'usage',
      `--offset ${offset}: ${path} has only ${all.length} examples. Choose a smaller one.`,
    );
  }
  const examples = drawExamples(data, { count: numExamples, offset });
  if (examples.length === all.length) return { examples, remarks: [] };
  const counts = labels.map((name, label) => {
    const count = examples.filter((example) => example.label === label).length;
    return `${excerpt(name)}: ${count}`;
  });
  const hasClasses = all.some(({ label }) => label !== all[0]!.label);
  return {
    examples,
    remarks: [
      `${path}: ${examples.length} of ${all.length} examples are attacked${offset > 0 ? `, after ${offset} left out` : ''}, ` +
        `drawn by a fixed shuffle, stratified by class (${excerptList(counts, { quote: false })}).`,
      ...(hasClasses ? oneClassRemarks(examples, { what: `The part of ${path} drawn`, labels }) : []),
    ],
  };
}
