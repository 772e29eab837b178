import { existsSync, readFileSync, rmSync } from 'node:fs';
import type { AttackRecord } from '../attacks/record.ts';
import { readResults, resultLine } from '../attacks/results-file.ts';
import { writeFilesAtomically } from '../checkpoints/atomic-file.ts';
import type { Identity } from '../runs/identity.ts';

/** Folder, inside a run's, of what attacks in training found. */
export const attacksFolder = 'ada';

/**
 * What an attack in training found: from `path`, where an earlier start of the run left it, or from attacking now. The
 * identity of the attack lies beside the results, with the ending `.json`: results of another attack are made anew, and so
 * are those in which some text ended as `error`.
 */
export async function keptAttack(
  path: string,
  p: {
    readonly identity: Identity;
    readonly attack: () => Promise<readonly AttackRecord[]>;
  },
): Promise<readonly AttackRecord[]> {
  const mark = path.replace(/\.jsonl$/, '.json');
  if (existsSync(path) && existsSync(mark)) {
    const { hash } = JSON.parse(readFileSync(mark, 'utf8')) as { readonly hash: string };
    const { records } = readResults(path);
    if (hash === p.identity.hash && records.every(({ status }) => status !== 'error')) return records;
  }
  const records = await p.attack();
  rmSync(mark, { force: true }); // the old mark goes before the old results and the new one comes last
  writeFilesAtomically([
    { path, chunks: records.map(resultLine) },
    { path: mark, chunks: [`${JSON.stringify(p.identity)}\n`] },
  ]);
  return records;
}
