import { basename, join, resolve } from 'node:path';
import { excerptList } from '../../base/excerpt.ts';
import { writeFilesAtomically } from '../../files/atomic-file.ts';
import { holdFolder } from '../../files/folder-lock.ts';
import { writtenPlace } from '../../files/paths.ts';
import type { auditSpec } from '../../options/audit.ts';
import { auditPage } from '../../report/audit-page.ts';
import { auditLines } from '../../report/audit-section.ts';
import { gatherReport } from '../../report/gather-report.ts';
import { attackFiles, readManifest, requireNoneOfAttack } from '../../runs/attack-run.ts';
import { droppedRaters, readAnswers } from '../../runs/audit-file.ts';
import { auditSample } from '../../runs/audit-sample.ts';
import type { Run } from '../command.ts';
import { sayTo } from '../terminal/say.ts';

/** Writes the page that readers answer, or takes their answers. */
export const run: Run<typeof auditSpec> = async ({ attack, sample, seed, answers, outputFile }, io) => {
  if (answers === undefined) {
    if (outputFile !== undefined) requireNoneOfAttack(outputFile, { folder: attack, option: 'outputFile' });
    const drawn = auditSample(attack, { count: sample, seed });
    const path = outputFile ?? join(attack, 'audit.html');
    const page = auditPage(drawn, { title: `Audit of the attack on ${nameOf(attack)}` });
    writeFilesAtomically([{ path: writtenPlace(path), chunks: [page] }]);
    io.stdout.write(`${drawn.records.length} successes to read: ${path}\n`);
    return;
  }
  const audit = readAnswers(attack, answers);
  const dropped = droppedRaters(attack, audit);
  if (dropped.length > 0) {
    sayTo(io)(
      `The audit there had answers of ${excerptList(dropped)} too, which are not among these files and count no longer: give all readers' files at once.`,
    );
  }
  await holdFolder(attack, { work: 'an audit' }, async () =>
    writeFilesAtomically([
      { path: join(attack, attackFiles.audit), chunks: [`${JSON.stringify(audit, undefined, 2)}\n`] },
    ]),
  );
  const name = nameOf(attack);
  const { rows } = gatherReport({
    ...{ file: join(attack, attackFiles.report), title: name, rows: [{ name, attackFolder: attack }] },
  });
  io.stdout.write(
    `${auditLines(rows).join('\n')}\nKept in ${join(attack, attackFiles.audit)}; vda report ${attack} shows it.\n`,
  );
};

/** The attacked model by name, or the folder of the attack. */
const nameOf = (attack: string): string =>
  basename(readManifest(attack)?.about.model ?? '') || basename(resolve(attack));
