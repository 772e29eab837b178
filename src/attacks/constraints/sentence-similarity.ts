import { checkSettings, type SettingRules } from '../../base/setting-rules.ts';
import { renderText } from '../../text/edited-text.ts';
import { ask, type Search } from '../search/request.ts';
import type { Change, Constraint } from './constraint.ts';
import { wordsAround } from './tagged-change.ts';

/** How alike the sentences must stay, and what of them is compared. */
export interface SentenceSimilarityOptions {
  /** Least similarity. */
  readonly threshold: number;
  /** `cosine`, or `angular`: 1 − arccos(cos)/π, as TextFooler's published code and TextDefender measure. */
  readonly measure: 'cosine' | 'angular';
  /** Words around the edit that are compared, itself included; absent: the whole text. */
  readonly window?: number | undefined;
  /** Compared with the text that the attack began with, or with that before this edit. Default `original`. */
  readonly against?: 'original' | 'current';
}

const rules = {
  threshold: { kind: 'number', min: -1, max: 1 },
  measure: { kind: 'choice', choices: ['cosine', 'angular'] },
  window: { kind: 'integer', min: 1, optional: true },
  against: { kind: 'choice', choices: ['original', 'current'] },
} as const satisfies SettingRules;

/**
 * The sentence encoder finds the text after the edit as good as equal to the one before.
 *
 *     cos = u · u′,   angular = 1 − arccos(cos) / π
 *
 * Source: Jin et al. 2020 (arXiv:1907.11932), §3.1, and its code (window 15, angular 0.84 … of the Universal Sentence Encoder);
 * Morris et al. 2020 (arXiv:2004.14174), 0.98 by cosine; Li et al. 2021 (TextDefender), angular 0.84 in a window of 15. The
 * encoder is whichever is given, so thresholds of another encoder do not carry over exactly.
 * @throws VdaError `usage` for a setting out of range
 */
export const sentenceSimilarity = ({
  threshold,
  measure,
  window,
  against = 'original',
}: SentenceSimilarityOptions): Constraint => ({
  ...{
    id: 'sentence-similarity',
    version: 1,
    settings: {
      ...checkSettings('sentenceSimilarity', { threshold, measure, window, against }, { rules }),
      window: window ?? null,
    },
  },
  name: `sentence similarity ≥ ${threshold} (${measure}${window === undefined ? '' : `, window of ${window}`})`,
  asks: ['encoder'],
  *judge(changes) {
    const similarities = yield* sentenceSimilarities(changes, { measure, window, against });
    return similarities.map((similarity) => similarity >= threshold);
  },
});

/** The similarities that {@link sentenceSimilarity} compares with its threshold, one a change. */
export function* sentenceSimilarities(
  changes: readonly Change[],
  { measure, window, against = 'original' }: Omit<SentenceSimilarityOptions, 'threshold'>,
): Search<readonly number[]> {
  const said = (text: Change['original'], index: number) =>
    window === undefined
      ? renderText(text)
      : wordsAround(text, index, Math.floor(window / 2)).words.join(' ');
  const texts = changes.flatMap(({ edit, original, edited }) => {
    const before = against === 'original' ? { ...original, edits: [] } : original;
    return [said(before, edit.start), said(edited, edit.start)];
  });
  const vectors = yield* ask({ service: 'sentenceVectors', items: texts });
  return changes.map((_, i) => {
    const cosine = dot(vectors[2 * i]!, vectors[2 * i + 1]!);
    return measure === 'cosine' ? cosine : 1 - Math.acos(Math.min(1, Math.max(-1, cosine))) / Math.PI;
  });
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
