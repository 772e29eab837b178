import type { AttackRecord } from '../attacks/record.ts';
import type { AuditedExample } from '../evaluation/audit.ts';
import type { ResultRow } from './result-row.ts';

/** One attack behind a row. */
export interface ReportRun {
  readonly records: readonly AttackRecord[];
  /** Hash of the model attacked, where recorded. */
  readonly model?: string;
  /** What readers said of its successes, where they were asked. */
  readonly audited?: readonly AuditedExample[];
  /** Where the records are, relative to the report; shown and linked. Absent where the way would name a home folder. */
  readonly resultsPath?: string;
}

/** A model as the report calls it, and the attack on it. */
export interface AttackedBy {
  readonly model: string;
  /** The recipe, and its preset where that is not the default: `pwws`, `bert-attack (official)`. */
  readonly attack: string;
  readonly profile?: string;
  /** The lexicon that it was told, `WordNet` or a file's name, where that is recorded. */
  readonly lexicon?: string;
  /** The worst case over several attacks, made as one. */
  readonly isEnsemble?: boolean;
}

/** A row of the results table and the attacks behind it: one, or one for each seed. */
export interface ReportRow extends ResultRow {
  readonly runs: readonly ReportRun[];
  /** Who was attacked, and by what: rows of one model under several attacks make a lab (`lab.ts`). */
  readonly attacked?: AttackedBy;
  /** Of a replay: whose adversarial texts which model was asked about. */
  readonly transfer?: { readonly texts: string; readonly model: string };
}

/** A row of the page, and its position among them, which gives its colour. */
export interface Attacked {
  readonly row: ReportRow;
  readonly index: number;
}

/** The model of a row, as the report calls it. */
export const modelOf = ({ attacked, name }: Pick<ReportRow, 'attacked' | 'name'>): string =>
  attacked?.model ?? name;

/** The rows of tables: replays stand in the transfer matrix, and where nothing else is there, they are the rows. */
export function searchedRows(rows: readonly ReportRow[]): readonly ReportRow[] {
  const searched = rows.filter(({ transfer }) => transfer === undefined);
  return searched.length > 0 ? searched : rows;
}

/** The attacked texts of all runs of a row. */
export const recordsOf = ({ runs }: ReportRow): readonly AttackRecord[] =>
  runs.flatMap(({ records }) => records);

/** Whether some row stands for several seeds. */
export const hasSeeds = (rows: readonly ReportRow[]): boolean => rows.some(({ runs }) => runs.length > 1);

/** What was measured at one step of training. Any measure may be missing. */
export interface CurvePoint {
  /** Optimizer steps done. */
  readonly step: number;
  readonly epoch?: number;
  /** Mean loss since the last point, its cross-entropy part, and the regulariser before its weight λ. */
  readonly loss?: number;
  readonly ce?: number;
  readonly reg?: number;
  readonly lr?: number;
  readonly gradNorm?: number;
  readonly examplesPerSecond?: number;
  readonly evalAccuracy?: number;
  readonly evalLoss?: number;
  /** Att Acc of a small attack made while training, a fraction. */
  readonly evalAttackAccuracy?: number;
}

/** A measure of training that can be drawn. */
export type CurveMeasure = Exclude<keyof CurvePoint, 'step' | 'epoch'>;

/** One training run. */
export interface TrainingCurve {
  readonly name: string;
  readonly points: readonly CurvePoint[];
}

/** The resolved configuration of one run. */
export interface RunConfiguration {
  readonly name: string;
  /** E.g. `vda train`. */
  readonly command: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/** All that a report shows; every figure in it follows from this. */
export interface ReportInput {
  readonly title: string;
  /** When it was made, as shown; left out, the report depends on its input alone. */
  readonly created?: string;
  /** The first row is the baseline that the others are compared with. */
  readonly rows: readonly ReportRow[];
  /** Of models that several attacks were made on: what survives all of them. Shown in the table, tested against none. */
  readonly worstCases?: readonly ReportRow[];
  readonly curves: readonly TrainingCurve[];
  readonly configurations: readonly RunConfiguration[];
  /** E.g. `vda` → `0.1.0`. */
  readonly versions: Readonly<Record<string, string>>;
  /** What each input file was to its run, and its hash. */
  readonly data: readonly { readonly name: string; readonly sha256: string }[];
  /** What must be known to read the figures, before everything else: a sentence or two each. */
  readonly remarks?: readonly string[];
  /** The commands that made the runs, in order. */
  readonly commands: readonly string[];
  /** Attacked texts shown, default 1000: drawn by class from those that some model had right before the attack. */
  readonly examplesShown?: number;
}
