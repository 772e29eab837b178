import { z } from 'zod';
import type { RobustEndings } from '../attacks/robust-endings.ts';
import { problemKinds } from '../base/constant-predictions.ts';
import type { Outcome } from '../evaluation/outcome.ts';
import type { ResultRow } from '../report/result-row.ts';
import type { Cell } from './cells.ts';

/** A point of a learning curve: the attack on the model of one epoch. */
export interface EpochResult {
  readonly epoch: number;
  readonly outcomes: readonly Outcome[];
}

/** The provenance of an attack: its recipe, filters and settings. */
export interface AttackOrigin extends Pick<ResultRow, 'provenance' | 'problems' | 'calibrations'> {
  /** The attack and its preset, e.g. `bert-attack (default)`, and the filters that were on. */
  readonly preset: string;
  readonly filters: readonly string[];
  /** The endings that count as robust; absent: `failed` alone. */
  readonly robustEndings?: RobustEndings;
}

/** The result of a cell: attack outcomes of each example. */
export interface CellResult {
  readonly cell: Cell;
  readonly outcomes: readonly Outcome[];
  readonly attack: AttackOrigin;
  /** Where the model of every epoch was attacked, by ascending epoch. */
  readonly epochs: readonly EpochResult[];
}

/**
 * What is stored of an attack beside its name and filters: every setting of it, the versions of its rules, its profile and the content
 * of its lexica among them; what is wrong with the predictions, and how sure the model is before it. Attacks of before this was
 * recorded have none of it.
 */
export const attackOrigin = {
  provenance: z
    .array(z.object({ name: z.string(), value: z.string(), called: z.string().exactOptional() }))
    .exactOptional(),
  problems: z.array(z.object({ kind: z.enum(problemKinds), remark: z.string() })).exactOptional(),
  calibrations: z
    .array(
      z.object({
        ...{ examples: z.int().nonnegative(), confidence: z.number(), accuracy: z.number(), ece: z.number() },
        ...{ temperature: z.number().nullable(), loss: z.number(), lossAtTemperature: z.number() },
      }),
    )
    .exactOptional(),
};
