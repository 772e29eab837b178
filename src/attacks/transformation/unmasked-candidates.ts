import type { WordCandidates } from '../masked-lm.ts';
import type { ExampleTools } from '../search/example-tools.ts';
import { ask, type Search } from '../search/request.ts';

/**
 * What the masked language model would put at each word of the original text, nothing masked; asked once an example.
 *
 * @param p.topK tokens for each piece; `p.inContext`: of a pair it reads the first text too
 */
export const unmaskedCandidates = (
  tools: ExampleTools,
  { topK, inContext }: { readonly topK: number; readonly inContext: boolean },
): Search<readonly WordCandidates[]> =>
  tools.remember(`unmasked candidates ${topK} ${inContext}`, function* () {
    const { original: words, context } = tools.progress.text;
    const input = { words, ...(inContext && context !== undefined && { context }) };
    const [answer] = yield* ask({ service: 'unmaskedCandidates', items: [{ input, topK }] });
    return answer!;
  });
