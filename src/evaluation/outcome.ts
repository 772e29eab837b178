import { type AttackRecord, type AttackStatus, wordsChanged } from '../attacks/record.ts';
import { onlyFailed, type RobustEndings } from '../attacks/robust-endings.ts';
import type { Predicted } from '../base/constant-predictions.ts';
import { requireArgument } from '../base/setting-rules.ts';

/** The outcome of an attack on one example, as the measures need it: an {@link AttackRecord} without its texts. */
export interface Outcome {
  /** `Example.id`. */
  readonly id: number;
  /** Whether the model was right before the attack. */
  readonly correct: boolean;
  readonly status: AttackStatus;
  /** Whether the model was right and the ending counts as robust. */
  readonly robust: boolean;
  readonly queries: number;
  /** Words changed, of {@link words}. */
  readonly changed: number;
  /** Denominator of Perturb. */
  readonly words: number;
}

/** @throws VdaError `usage` for what is no list of records, such as an attack's result whose `records` are meant */
export function requireRecords(owner: string, records: readonly AttackRecord[]): void {
  const fits = Array.isArray(records) && records.every((one) => Array.isArray(one?.changes));
  const expected = 'a list of records, as runAttack gives and toRecord makes';
  requireArgument(fits, { owner, name: 'records', expected, got: records });
}

/** @throws VdaError `usage` for what is no list of outcomes, such as the records that they are made of */
export function requireOutcomes(owner: string, outcomes: readonly Outcome[]): void {
  const fits = Array.isArray(outcomes) && outcomes.every((one) => typeof one?.robust === 'boolean');
  const expected = 'a list of outcomes, as outcomeOf makes of records';
  requireArgument(fits, { owner, name: 'outcomes', expected, got: outcomes });
}

/** Whether the clean text was classified correctly: the model was right before the attack. */
export const originallyCorrect = (record: AttackRecord): boolean =>
  record.originalPrediction === record.label;

/** An {@link Outcome} from its parts, by the endings that count as robust. */
export const outcomeFrom = (
  parts: Omit<Outcome, 'robust'>,
  robustEndings: RobustEndings = onlyFailed,
): Outcome => ({
  ...parts,
  robust: parts.correct && robustEndings.includes(parts.status),
});

/** What became of one text of an attack, from its record; by default only `failed` counts as robust. */
export const outcomeOf = (record: AttackRecord, robustEndings: RobustEndings = onlyFailed): Outcome =>
  outcomeFrom(
    {
      id: record.id,
      correct: originallyCorrect(record),
      status: record.status,
      queries: record.queries,
      changed: wordsChanged(record.changes),
      words: record.words,
    },
    robustEndings,
  );

/** Whether an example is robust: the model was right, and the attack ended in a way that counts as robust. */
export const isRobust = ({ robust }: Outcome): boolean => robust;

/**
 * Whether the attack took place and its counts mean something: it flipped the prediction, it ended in a way that counts as
 * robust, or it spent its budget. Not where there was nothing to attack with, nor where an exception or the clock cut it short.
 */
export const isRun = ({ status, robust }: Outcome): boolean =>
  robust || status === 'success' || status === 'out-of-queries';

/** True and predicted classes before the attack, of the texts that were answered. */
export const predictionsOf = (records: readonly AttackRecord[]): readonly Predicted[] =>
  records
    .filter(({ originalPrediction }) => originalPrediction !== '')
    .map(({ label, originalPrediction: prediction }) => ({ label, prediction }));
