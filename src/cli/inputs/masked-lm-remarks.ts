import type { Example } from '../../data/dataset.ts';
import type { Classifier } from '../../inference/classifier.ts';
import type { MaskedLm } from '../../inference/masked-lm.ts';
import type { PretrainedModel } from '../../models/pretrained-model.ts';

/**
 * What to say of a masked language model that reads less of the attacked texts than the classifier: it proposes nothing for
 * the words beyond, so that they are never replaced.
 * @throws what its tokenizer does at a pair that the model cannot read, where it is to read both texts
 */
export function maskedLmRemarks(
  examples: readonly Example[],
  p: {
    readonly tokenizer: PretrainedModel['tokenizer'];
    readonly maskedLm: Pick<MaskedLm, 'maxLength'>;
    readonly classifier: Pick<Classifier, 'maxLength'>;
    /** Whether it reads the first text of a pair beside the attacked one. */
    readonly inContext: boolean;
  },
): readonly string[] {
  const { tokenizer } = p;
  const { maxLength } = p.maskedLm;
  const cut = examples.filter(({ text, textPair }) => {
    if (textPair === undefined) return tokenizer.encode(text, { maxLength }).truncated;
    return p.inContext
      ? tokenizer.encode(text, { pair: textPair, maxLength }).truncated
      : tokenizer.encode(textPair, { maxLength }).truncated;
  }).length;
  if (cut === 0 || maxLength >= p.classifier.maxLength) return [];
  return [
    `The masked language model reads ${maxLength} tokens, the classifier ${p.classifier.maxLength}: in ${cut} of ${examples.length} texts the words beyond are not replaced.`,
  ];
}
