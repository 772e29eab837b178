import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './folders.ts';

/** A table that the cache of the hub holds, by its address, and the environment of who has that cache and no network. */
export function cachedDataFile(content: string) {
  const home = temporaryFolder();
  const folder = join(home, 'hub/datasets--owner--reviews/snapshots/main');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'texts.tsv'), content);
  return {
    address: 'hf://datasets/owner/reviews/texts.tsv',
    env: { HF_HOME: home, HF_HUB_OFFLINE: '1' },
  };
}
