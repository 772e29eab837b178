import { comparedBy } from '../runs/provenance.ts';
import type { ResultRow } from './result-row.ts';

/** By what rows of one attack are known: all its settings but the devices; where they are not recorded, preset and filters. */
export const attackKey = ({
  preset,
  filters,
  provenance,
}: Pick<ResultRow, 'preset' | 'filters' | 'provenance'>): string =>
  JSON.stringify(provenance ? comparedBy(provenance) : [preset, filters]);
