import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AttackRecord } from '../../src/attacks/record.ts';
import { resultLine } from '../../src/runs/results-file.ts';

/** A folder as `vda attack` leaves it. */
export function attackFolder(
  folder: string,
  records: readonly AttackRecord[],
  ids = records.map(({ id }) => id),
  more: Readonly<Record<string, unknown>> = {},
): string {
  mkdirSync(folder, { recursive: true });
  const manifest = {
    format: 1,
    config: { attack: { recipe: 'bert-attack', fidelity: 'official' } },
    hash: 'x',
    shard: { index: 0, count: 1 },
    ids,
    filters: ['similarity'],
    ...more,
  };
  writeFileSync(join(folder, 'attack.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'results.jsonl'), records.map(resultLine).join(''));
  return folder;
}

/** A folder as `vda train` leaves it, but for the model. */
export function trainFolder(
  folder: string,
  { log, options = {} }: { readonly log: string; readonly options?: Readonly<Record<string, unknown>> },
): string {
  mkdirSync(folder, { recursive: true });
  const record = {
    command: 'train',
    options: { trainFile: 'train.tsv', ...options },
    versions: { vda: '0.1.0' },
    data: { trainFile: 'ab12' },
    configuration: 'x',
  };
  writeFileSync(join(folder, 'run.json'), JSON.stringify(record));
  writeFileSync(join(folder, 'metrics.jsonl'), log);
  return folder;
}
