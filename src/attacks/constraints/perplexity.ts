import { checkSettings, type SettingRules } from '../../base/setting-rules.ts';
import { ask, type Search } from '../search/request.ts';
import type { Change, Constraint } from './constraint.ts';
import { wordsAround } from './tagged-change.ts';

const rules = { ratio: { kind: 'number', min: 0 } } as const satisfies SettingRules;

/** Words at each side of an edit whose losses count. */
const each = 5;

/**
 * The masked language model finds the words around the edit at most so many times as surprising as before.
 *
 *     L(S) = −(1/T) Σ_t log p(s_t | S),   e^(L(S′) − L(S)) ≤ ratio
 *
 * with S five words at each side of the edit, in one pass with nothing masked: the cheap form of a pseudo-perplexity.
 *
 * Source: Salazar et al. 2020 (arXiv:1910.14659), who mask each token in turn; unmasked, the sum keeps order for words that do not
 * fit and costs a pass instead of T.
 * @throws VdaError `usage` for a ratio below 0
 */
export const perplexityRatio = ({ ratio }: { readonly ratio: number }): Constraint => ({
  ...{
    id: 'perplexity',
    version: 1,
    settings: { ...checkSettings('perplexityRatio', { ratio }, { rules }), each },
  },
  name: `perplexity at most ${ratio} times (masked LM)`,
  asks: ['maskedLm'],
  *judge(changes) {
    const ratios = yield* perplexityRatios(changes);
    return ratios.map((own) => own <= ratio);
  },
});

/** What {@link perplexityRatio} compares with its bound, one a change. */
export function* perplexityRatios(changes: readonly Change[]): Search<readonly number[]> {
  const texts = changes.flatMap(({ edit, original, edited }) =>
    [original, edited].map((text) => wordsAround(text, edit.start, each).words.join(' ')),
  );
  const losses = yield* ask({ service: 'textLoss', items: texts });
  return changes.map((_, i) => Math.exp(losses[2 * i + 1]! - losses[2 * i]!));
}
