import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isFolder } from './paths.ts';

/** Names that files of ours have until they are whole (`.NAME.UUID.tmp`, `NAME.UUID.tmp`), and checkpoints until they are. */
const unfinished =
  /\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\.tmp$|^checkpoint-\d+\.unfinished$/;

/**
 * Removes what a killed process has left half written in a run's folder, and in the folders of that which the run writes to.
 * Only for a folder that is held (folder-lock.ts): else another process may be about to finish it.
 */
export function removeUnfinished(
  folder: string,
  { within = [] }: { readonly within?: readonly string[] } = {},
): void {
  for (const each of [folder, ...within.map((name) => join(folder, name))]) {
    if (!isFolder(each)) continue;
    for (const name of readdirSync(each)) {
      if (unfinished.test(name)) rmSync(join(each, name), { recursive: true, force: true });
    }
  }
}
