import type { PrintedBlock, PrintedCell } from '../report/printed-table.ts';
import { paperMeasures } from './grid.ts';
import type { ResultsTable, TableCell } from './table.ts';
import {
  besidePaper,
  calibrationCells,
  calibrationHeads,
  comparisonCells,
  comparisonHeads,
  examplesOf,
  interval,
  measureNames,
  seedsOf,
  shown,
  unknown,
} from './table-format.ts';

/** The tables of each data set as a report prints them; what is best is said, not marked up. */
export const printedBlocks = ({ columns, lines }: ResultsTable): readonly PrintedBlock[] =>
  columns.map((name, i): PrintedBlock => {
    const comparisons = lines.flatMap(({ row, cells }) => {
      const { comparison } = cells[i]!;
      if (comparison === undefined) return [];
      return { name: row.name, cells: comparisonCells(comparison) };
    });
    const isCalibrated = lines.some(({ cells }) => cells[i]!.calibration !== undefined);
    const rows = lines.map(({ row, cells }, line) => ({
      name: row.name,
      first: row.group !== lines[line - 1]?.row.group,
      cells: [...printedCells(cells[i]!), ...(isCalibrated ? calibrationCells(cells[i]!) : [])],
    }));
    const measures = paperMeasures.map((measure) => measureNames[measure]);
    const more = isCalibrated ? calibrationHeads : [];
    return {
      name,
      results: { heads: ['Method', ...measures, 'Seeds', 'Examples', ...more], rows },
      ...(comparisons.length > 0 && {
        comparisons: { heads: ['Method', ...comparisonHeads], rows: comparisons },
      }),
    };
  });

function printedCells(cell: TableCell): readonly PrintedCell[] {
  const measures = paperMeasures.map((measure) => {
    const estimate = cell.metrics?.[measure];
    const paper = besidePaper(cell, measure);
    return {
      value: estimate ? shown(estimate.value, measure) : unknown,
      best: cell.best.has(measure),
      ...(estimate && { interval: interval(estimate, measure) }),
      ...(paper !== undefined && { paper }),
    };
  });
  return [...measures, { value: seedsOf(cell) }, { value: examplesOf(cell) }];
}
