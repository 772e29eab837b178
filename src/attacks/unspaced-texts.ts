import { VdaError } from '../base/error.ts';
import type { Example } from '../data/dataset.ts';
import { isUnspaced } from '../text/unspaced.ts';

/**
 * What to say of texts whose words no spaces part (Chinese, Japanese, Thai, …): an attack on words takes what stands between
 * spaces for one, and finds nothing there that it may change. Undefined where there are none. Of pairs the second text counts,
 * which is attacked.
 *
 * @throws VdaError `unsupported` when they are more than half: the figures would say nothing of the model
 */
export function remarkOnUnspaced(examples: readonly Example[]): string | undefined {
  const found = examples.filter(({ text, textPair }) => isUnspaced(textPair ?? text)).length;
  if (found === 0) return undefined;
  const these =
    `${found} of ${examples.length} texts are in a script without spaces between words (such as Chinese, Japanese or Thai). ` +
    'The attack replaces what stands between spaces, so nothing can be changed in them';
  if (2 * found <= examples.length) return `${these}: each ends as nothing-to-change.`;
  throw new VdaError(
    'unsupported',
    `${these}, and the figures would say nothing of the model. Give texts that a word segmenter has cut by spaces, with a ` +
      'masked language model and filters of their language.',
  );
}
