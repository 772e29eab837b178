import type { AttackRecord } from '../attacks/record.ts';
import { onlyFailed, type RobustEndings } from '../attacks/robust-endings.ts';
import { randomKey, randomStream } from '../base/random.ts';
import {
  type BootstrapOptions,
  bootstrapRatio,
  type Estimate,
  quantile,
  unknownEstimate,
  wilson,
} from '../base/statistics.ts';
import { krippendorffAlpha, type RatingLevel } from './agreement.ts';
import { outcomeOf } from './outcome.ts';

/** What one reader said of one attacked text. */
export interface AuditAnswer {
  readonly rater: string;
  /** Whether it says the same as the original. */
  readonly meaning: boolean;
  /** The class that the reader gives it; null where none can be told. */
  readonly label: string | null;
  /** From 1, not natural at all, to 5. */
  readonly natural: number;
}

/** A success of the attack and what was said of it. */
export interface AuditedExample {
  /** `AttackRecord.id`. */
  readonly id: number;
  readonly answers: readonly AuditAnswer[];
}

/** What readers think of an attack's successes. */
export interface AuditSummary {
  readonly raters: readonly string[];
  /** Successes that some reader rated. */
  readonly rated: number;
  /** Proportion of successes that readers accept: same meaning and the true class, by most of those asked. Wilson's interval. */
  readonly accepted: Estimate;
  /** Its two halves. */
  readonly sameMeaning: Estimate;
  readonly sameLabel: Estimate;
  /** Mean naturalness, 1 to 5, bootstrap interval over texts. */
  readonly natural: Estimate;
  /** Krippendorff's alpha; NaN where it says nothing. */
  readonly agreement: Readonly<Record<'meaning' | 'label' | 'natural', number>>;
  /** Robust accuracy where a success that readers do not accept is none; see {@link correctedAttackAccuracy}. */
  readonly attAcc: Estimate;
}

/** Who has answered about some text, in the order of their first answers. */
export const ratersOf = (audited: readonly Pick<AuditedExample, 'answers'>[]): readonly string[] => [
  ...new Set(audited.flatMap(({ answers }) => answers.map(({ rater }) => rater))),
];

/** Whether one reader accepts a success: it says the same, and its class is the true one. */
const isAccepted = ({ meaning, label }: AuditAnswer, { label: truth }: Pick<AttackRecord, 'label'>) =>
  meaning && label === truth;

/** What readers said, summed up beside the attack's results. Answers about other than its successes are left out. */
export function auditSummary(
  audited: readonly AuditedExample[],
  {
    records,
    robustEndings = onlyFailed,
  }: { readonly records: readonly AttackRecord[]; readonly robustEndings?: RobustEndings | undefined },
): AuditSummary {
  const successes = new Map(
    records.filter(({ status }) => status === 'success').map((record) => [record.id, record]),
  );
  const rated = audited.flatMap(({ id, answers }) => {
    const record = successes.get(id);
    return record === undefined || answers.length === 0 ? [] : [{ record, answers }];
  });
  const byMost = (test: (answer: AuditAnswer, record: AttackRecord) => boolean): number =>
    rated.filter(
      ({ record, answers }) => 2 * answers.filter((one) => test(one, record)).length > answers.length,
    ).length;
  const proportion = (test: Parameters<typeof byMost>[0]) => wilson(byMost(test), rated.length);
  const accepted = byMost(isAccepted);
  const outcomes = records.map((record) => outcomeOf(record, robustEndings));
  return {
    raters: ratersOf(rated).toSorted(),
    rated: rated.length,
    accepted: wilson(accepted, rated.length),
    sameMeaning: proportion(({ meaning }) => meaning),
    sameLabel: proportion(({ label }, { label: truth }) => label === truth),
    natural: bootstrapRatio(
      rated.map(({ answers }) => ({
        top: answers.reduce((sum, { natural }) => sum + natural, 0) / answers.length,
        bottom: 1,
      })),
      { purpose: 'naturalness' },
    ),
    agreement: agreementOf(rated),
    attAcc: correctedAttackAccuracy(
      outcomes.map(({ robust, status }) => ({ robust, success: status === 'success' })),
      { accepted, rated: rated.length },
    ),
  };
}

function agreementOf(rated: readonly Pick<AuditedExample, 'answers'>[]): AuditSummary['agreement'] {
  const labels = [...new Set(rated.flatMap(({ answers }) => answers.map(({ label }) => label)))];
  const alpha = (level: RatingLevel, read: (answer: AuditAnswer) => number) =>
    krippendorffAlpha(
      rated.map(({ answers }) => answers.map(read)),
      { level },
    );
  return {
    meaning: alpha('nominal', ({ meaning }) => Number(meaning)),
    label: alpha('nominal', ({ label }) => labels.indexOf(label)),
    natural: alpha('ordinal', ({ natural }) => natural),
  };
}

/**
 * Robust accuracy corrected by an audit: a success that readers do not accept is no success.
 *
 *     Att Acc + (1 − a)·s/n,   a accepted of those rated, s successes of n examples
 *
 * The 95 % interval covers the choice of examples and that of the rated ones. In each resample the examples are drawn anew with
 * replacement (bootstrap), and a from what is known of it, Beta(accepted + 1, rated − accepted + 1): as the order statistic
 * of that rank of rated + 1 uniform numbers. Drawn with replacement, a sample that was accepted whole would have no width.
 *
 * Source: Efron and Tibshirani 1993, "An introduction to the bootstrap", ch. 13; Bayes 1763 for the Beta; David and Nagaraja
 * 2003, "Order statistics", §2.3. Departure from a bootstrap over both samples: the second, as said.
 * @returns a fraction with its interval; NaN in all three where nothing was rated
 */
export function correctedAttackAccuracy(
  outcomes: readonly { readonly robust: boolean; readonly success: boolean }[],
  {
    accepted,
    rated,
    seed = 0,
    resamples = 2000,
  }: { readonly accepted: number; readonly rated: number } & Pick<BootstrapOptions, 'seed' | 'resamples'>,
): Estimate {
  const n = outcomes.length;
  if (n === 0 || rated === 0) return unknownEstimate;
  const corrected = (drawn: typeof outcomes, a: number) =>
    drawn.reduce((sum, { robust, success }) => sum + (robust ? 1 : success ? 1 - a : 0), 0) / n;
  const key = randomKey(seed, 'corrected attack accuracy');
  const found = Array.from({ length: resamples }, (_, a) => {
    const stream = randomStream(key, { a });
    const uniform = Array.from({ length: rated + 1 }, () => stream.nextFloat()).sort((x, y) => x - y);
    const drawn = Array.from({ length: n }, () => outcomes[stream.nextInt(n)]!);
    return corrected(drawn, uniform[accepted]!);
  }).sort((a, b) => a - b);
  return {
    value: corrected(outcomes, accepted / rated),
    low: quantile(found, 0.025),
    high: quantile(found, 0.975),
  };
}
