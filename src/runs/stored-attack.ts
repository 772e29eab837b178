import { existsSync, readFileSync, rmSync } from 'node:fs';
import { z } from 'zod';
import type { AttackRecord } from '../attacks/record.ts';
import { writeFilesAtomically } from '../files/atomic-file.ts';
import { contentHash } from '../files/content-hash.ts';
import { checkJsonFile } from '../files/json-file.ts';
import type { Identity } from './identity.ts';
import { readResults, resultLine } from './results-file.ts';

/** Folder, inside a run's, of what attacks in training found. */
export const attacksFolder = 'ada';

/** What lies beside the results, with the ending `.json`. */
const markShape = z.object({
  /** Of the attack's identity, the rest of which is for people. */
  hash: z.string(),
  /** SHA-256 of the results; absent in those of earlier versions. */
  sha256: z.string().optional(),
});

const markOf = (path: string): string => path.replace(/\.jsonl$/, '.json');

/**
 * The stored result of an attack in training: from `path`, where an earlier start of the run left it, or from attacking now. The
 * identity of the attack lies beside the results, with the ending `.json`: results of another attack are made anew, and so are
 * those that are not as they were written, or in which some text ended as `error`.
 */
export async function storedAttack(
  path: string,
  p: {
    readonly identity: Identity;
    readonly attack: () => Promise<readonly AttackRecord[]>;
    readonly say: (line: string) => void;
  },
): Promise<readonly AttackRecord[]> {
  const mark = markOf(path);
  const said = existsSync(path) ? checkJsonFile(mark, markShape) : undefined;
  if (said?.ok === false) p.say(`${mark} is damaged (${said.problem}): the texts are attacked again.`);
  if (said?.ok && said.value.hash === p.identity.hash) {
    const found = readStoredAttack(path);
    if (!found.ok) p.say(`${path} ${found.problem}: the texts are attacked again.`);
    else if (found.records.every(({ status }) => status !== 'error')) return found.records;
  }
  const records = await p.attack();
  const content = records.map(resultLine).join('');
  const sha256 = contentHash(content);
  rmSync(mark, { force: true }); // the old mark goes before the old results and the new one comes last
  writeFilesAtomically([
    { path, chunks: [content] },
    { path: mark, chunks: [`${JSON.stringify({ ...p.identity, sha256 })}\n`] },
  ]);
  return records;
}

/** Results as an attack in training left them, or what is wrong with the file. */
export function readStoredAttack(
  path: string,
):
  | { readonly ok: true; readonly records: readonly AttackRecord[] }
  | { readonly ok: false; readonly problem: string } {
  const said = checkJsonFile(markOf(path), markShape);
  const { records, badLines, repeatedLines } = readResults(path);
  if (badLines + repeatedLines > 0) {
    return { ok: false, problem: `has lines that are no results, or repeated (${badLines + repeatedLines})` };
  }
  const sha256 = said?.ok ? said.value.sha256 : undefined;
  if (sha256 !== undefined && sha256 !== contentHash(readFileSync(path))) {
    return { ok: false, problem: 'is not as it was written' };
  }
  return { ok: true, records };
}
