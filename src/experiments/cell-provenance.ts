import { isConstant, warningsOf } from '../report/row-warnings.ts';
import { differingSettings, isSameAttack, type Provenance } from '../runs/provenance.ts';
import type { CellResult } from './cell-result.ts';

/**
 * What decided the attack of a cell. Cells of before that was recorded are known by their fingerprint, preset and filters,
 * which tells them apart from each other, but not from those that have recorded theirs: against these they have none.
 */
function cellProvenance(result: CellResult): Provenance {
  const { cell, attack } = result;
  if (attack.provenance !== undefined) return attack.provenance;
  return [
    { name: 'fingerprint of the attack', value: cell.attackHash },
    { name: 'attack', value: attack.preset },
    { name: 'filters', value: attack.filters.join(', ') || 'none' },
  ];
}

/** Whether what became of the texts of two cells may be compared. */
export const areAttackedAlike = (a: CellResult, b: CellResult): boolean =>
  (a.attack.provenance === undefined) === (b.attack.provenance === undefined) &&
  isSameAttack(cellProvenance(a), cellProvenance(b));

/** Why two cells are not compared; undefined where they may be. */
export function whyNotCompared(a: CellResult, b: CellResult): string | undefined {
  if (isConstant(a.attack) || isConstant(b.attack)) return 'predictions are nearly all one class';
  if (areAttackedAlike(a, b)) return undefined;
  const bothKnown = recorded(a) !== undefined && recorded(b) !== undefined;
  const neither = recorded(a) === undefined && recorded(b) === undefined;
  const settings = differingSettings([a, b].map(bothKnown || neither ? cellProvenance : recorded));
  const differing = settings.map(({ name }) => name);
  return `attacked otherwise (${differing.join(', ')})`;
}

/** What must be read before the table of one data set; see {@link warningsOf}. */
export function cellWarnings(results: readonly CellResult[]): readonly string[] {
  const known = results.some(({ attack }) => attack.provenance !== undefined);
  const groups = new Map<string, CellResult[]>();
  for (const result of results) {
    const { row, sweep } = result.cell.place;
    const name = sweep === undefined ? row : `${row}, ${sweep.option} ${sweep.value}`;
    groups.set(name, [...(groups.get(name) ?? []), result]);
  }
  const rows = [...groups].flatMap(([name, group]) => {
    const alike = group.every((one) => areAttackedAlike(one, group[0]!));
    const parts = alike ? [group] : group.map((one) => [one]);
    return parts.map((part) => ({
      name: alike ? name : `${name}, seed ${part[0]!.cell.place.seed}`,
      problems: part.flatMap(({ attack }) => attack.problems ?? []),
      provenance: known ? part[0]!.attack.provenance : cellProvenance(part[0]!),
    }));
  });
  return warningsOf(rows.map(({ provenance, ...row }) => (provenance ? { ...row, provenance } : row)));
}

const recorded = (result: CellResult): Provenance | undefined => result.attack.provenance;
