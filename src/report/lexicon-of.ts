import { basename } from 'node:path';
import type { RunRecord } from '../runs/run-folder.ts';

/** What a record of an attack calls its lexicon: `WordNet`, or a file's name. */
export function lexiconOf({ options: { similarity } }: RunRecord): string {
  const [named = 'wordnet'] = [similarity].flat().filter((one) => typeof one === 'string');
  return named === 'wordnet' ? 'WordNet' : basename(named);
}
