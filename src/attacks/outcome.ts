import type { AttackRecord, AttackStatus } from './record.ts';

/** What the measures need of one attacked example: an {@link AttackRecord} without its texts. */
export interface Outcome {
  /** `Example.id`. */
  readonly id: number;
  /** Whether the model was right before the attack. */
  readonly correct: boolean;
  readonly status: AttackStatus;
  readonly queries: number;
  /** Words changed, of {@link words}. */
  readonly changed: number;
  /** Denominator of Perturb. */
  readonly words: number;
}

/** Whether the model was right before the attack. */
export const originallyCorrect = (record: AttackRecord): boolean =>
  record.originalPrediction === record.label;

export const outcomeOf = (record: AttackRecord): Outcome => ({
  id: record.id,
  correct: originallyCorrect(record),
  status: record.status,
  queries: record.queries,
  changed: record.changes.length,
  words: record.words,
});

/** Whether the model was right and stayed so against an attack that ran to its end. */
export const isKept = ({ correct, status }: Outcome): boolean => correct && status === 'failed';
