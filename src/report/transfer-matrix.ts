import type { Estimate } from '../base/statistics.ts';
import { modelOf, type ReportRow } from './report-input.ts';

/** Whose adversarial texts fool whom. */
export interface TransferMatrix {
  /** The models asked, those that were attacked as well first, in their order. */
  readonly models: readonly string[];
  readonly lines: readonly {
    /** Whose texts: `pwws (strict) on plain`. */
    readonly texts: string;
    /** For each model the proportion fooled; none where it was not asked, several where it was asked several times. */
    readonly cells: readonly (readonly Estimate[])[];
  }[];
}

/**
 * The transfer matrix (Papernot et al. 2016): of the adversarial texts that an attack on one model found, the proportion that
 * fools another, among those whose original that one has right. Undefined where no row is a replay of texts with originals.
 */
export function transferMatrix(rows: readonly ReportRow[]): TransferMatrix | undefined {
  const replays = rows.flatMap(({ transfer, metrics }) =>
    transfer === undefined ? [] : [{ ...transfer, rate: metrics.successRate }],
  );
  if (replays.length === 0) return undefined;
  const attacked = rows.filter(({ transfer }) => transfer === undefined).map(modelOf);
  const asked = new Set(replays.map(({ model }) => model));
  const models = [...new Set([...attacked.filter((model) => asked.has(model)), ...asked])];
  const lines = [...new Set(replays.map(({ texts }) => texts))].map((texts) => ({
    texts,
    cells: models.map((model) =>
      replays.filter((one) => one.texts === texts && one.model === model).map(({ rate }) => rate),
    ),
  }));
  return { models, lines };
}
