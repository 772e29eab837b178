import { comparedBy } from '../runs/provenance.ts';
import { type Compared, type Comparisons, comparedWithFirst } from './comparison.ts';
import { distinctNames } from './distinct-names.ts';
import { modelOf, type ReportInput, type ReportRow } from './report-input.ts';

/** Models, each under several attacks: a matrix for every profile. */
export interface Lab {
  /** The first is the baseline. */
  readonly models: readonly string[];
  readonly blocks: readonly LabBlock[];
  /** Of every row with the baseline's under the same attack, the worst cases among them: one family for Holm's correction. */
  readonly comparisons: Comparisons;
}

/** The attacks under one profile; the worst case over them comes last. */
export interface LabBlock {
  /** Undefined: each attack under its own rules. */
  readonly profile: string | undefined;
  readonly lines: readonly LabLine[];
}

/** One attack, a cell for each model. */
export interface LabLine {
  /** `pwws`, or `worst case`. */
  readonly attack: string;
  readonly cells: readonly (LabCell | undefined)[];
}

/** One model under one attack. */
export interface LabCell {
  readonly row: ReportRow;
  /** Place among the rows of the report, worst cases after the others: its colour. */
  readonly index: number;
  /** With the baseline under the same attack. */
  readonly compared?: Compared;
}

/** The lab that rows make; undefined where no model met several attacks. Replays are in none: they are the transfer matrix. */
export function labOf({ rows, worstCases = [] }: Pick<ReportInput, 'rows' | 'worstCases'>): Lab | undefined {
  const searched = rows.filter(({ transfer, attacked }) => transfer === undefined && attacked !== undefined);
  const models = [...new Set(searched.map(modelOf))];
  const attacksOn = (model: string) => searched.filter((row) => modelOf(row) === model).length;
  if (models.every((model) => attacksOn(model) < 2)) return undefined;
  const all = [...searched, ...worstCases.filter(({ attacked }) => attacked !== undefined)];
  const comparisons = comparedWithFirst(all);
  const compared = new Map(comparisons.compared.map((one) => [one.row, one]));
  const everyRow = [...rows, ...worstCases];
  const cellOf = (row: ReportRow): LabCell => {
    const found = compared.get(row);
    return { row, index: everyRow.indexOf(row), ...(found && { compared: found }) };
  };
  const profiles = [...new Set(all.map(({ attacked }) => attacked!.profile))];
  const blocks = profiles.map((profile): LabBlock => {
    const own = all.filter(({ attacked }) => attacked!.profile === profile);
    const lines = linesOf(own).map(({ attack, rows: alike }) => ({
      attack,
      cells: models.map((model) => {
        const row = alike.find((one) => modelOf(one) === model);
        return row && cellOf(row);
      }),
    }));
    return { profile, lines };
  });
  return { models, blocks, comparisons };
}

/** Rows by attack, in the order in which each attack first comes; attacks of one name and other settings are told apart by their lexica, else numbered. */
function linesOf(
  rows: readonly ReportRow[],
): readonly { readonly attack: string; readonly rows: readonly ReportRow[] }[] {
  const groups = new Map<string, ReportRow[]>();
  for (const row of rows) {
    const { attack } = row.attacked!;
    const key = JSON.stringify([attack, row.provenance && comparedBy(row.provenance)]);
    groups.set(key, [...(groups.get(key) ?? []), row]);
  }
  const lines = [...groups.values()].map((group) => ({ attack: group[0]!.attacked!.attack, rows: group }));
  const names = distinctNames(lines, {
    name: ({ attack }) => attack,
    secondName: (line) => line.rows[0]!.attacked!.lexicon,
  });
  return lines.map((line, i) => ({ ...line, attack: names[i]! }));
}

/** A heading for a block: the profile, or that each attack kept its own rules. */
export const blockTitle = ({ profile }: Pick<LabBlock, 'profile'>): string =>
  profile === undefined ? "Each attack's own rules" : `Profile ${profile}`;
