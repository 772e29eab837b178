import { join } from 'node:path';
import { z } from 'zod';
import { VdaError } from '../base/error.ts';
import { excerpt, quotedExcerpt } from '../base/excerpt.ts';
import { isText, requireArgument } from '../base/setting-rules.ts';
import { type AuditedExample, ratersOf } from '../evaluation/audit.ts';
import { checkJsonFile, readJsonFile } from '../files/json-file.ts';
import { attackFiles } from './attack-run.ts';
import { type AuditSample, auditSample } from './audit-sample.ts';

/** What readers said of an attack: `audit.json`. */
export interface Audit {
  readonly format: 1;
  /** `Identity.hash` of the attack. */
  readonly attack: string;
  readonly sample: { readonly id: string; readonly count: number; readonly seed: number };
  readonly examples: readonly AuditedExample[];
}

const hash = z.string().regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 in hex');
const identity = z.string().min(1).max(200); // as the attack's folder has it, of early versions too
const sampleShape = z.object({
  id: hash,
  count: z.int().min(1).max(1e6),
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1),
});
const opinion = {
  meaning: z.boolean(),
  label: z.string().nullable(),
  natural: z.int().min(1).max(5),
};
const rater = z.string().trim().min(1).max(100);

const answersShape = z.object({
  format: z.literal('vda audit answers 1'),
  attack: identity,
  sample: sampleShape,
  rater,
  answers: z.array(z.object({ id: z.int().nonnegative(), ...opinion })).max(1e6),
});

const auditShape = z.object({
  format: z.literal(1),
  attack: identity,
  sample: sampleShape,
  examples: z.array(
    z.object({ id: z.int().nonnegative(), answers: z.array(z.object({ rater, ...opinion })) }),
  ),
});

/** One reader's answers, as the page saves them. */
export type AuditAnswers = z.output<typeof answersShape>;

/**
 * Reads what the readers of an attack's page answered, a file each.
 *
 * @param folder the attack's
 * @throws VdaError `not-found` for a file that is not there; `bad-input` for one that the page did not write, answers given on
 *   another attack or sample, classes or ids that it does not have, and a rater or an example that is there twice
 */
export function readAnswers(folder: string, files: readonly string[]): Audit {
  const owner = 'readAnswers';
  requireArgument(isText(folder), { owner, name: 'folder', expected: 'the path of a folder', got: folder });
  const areFiles = Array.isArray(files) && files.length > 0 && files.every(isText);
  requireArgument(areFiles, { owner, name: 'files', expected: 'a list of paths', got: files });
  const read = files.map((file) => ({ file, answers: answersOf(file) }));
  const first = read[0]!.answers;
  const sample = auditSample(folder, first.sample);
  const refuse = (file: string, problem: string): never => {
    throw new VdaError('bad-input', `${file}: ${problem}`);
  };
  const raters = new Map<string, string>();
  for (const { file, answers } of read) {
    checkSample(answers, { file, folder, sample });
    const other = raters.get(answers.rater);
    if (other !== undefined) {
      refuse(
        file,
        `${quotedExcerpt(answers.rater)} has answered in ${other} already. Give each reader's last file once; two readers of one name need two names.`,
      );
    }
    raters.set(answers.rater, file);
  }
  const shown = new Set(sample.records.map(({ id }) => id));
  for (const { file, answers } of read) {
    const seen = new Set<number>();
    for (const { id, label } of answers.answers) {
      if (!shown.has(id))
        refuse(file, `it has an answer about example ${id}, which the sample does not show.`);
      if (seen.has(id)) refuse(file, `it has two answers about example ${id}.`);
      seen.add(id);
      if (label !== null && !sample.classes.includes(label))
        refuse(file, `the label ${quotedExcerpt(label)} of example ${id} is no class of the attack.`);
    }
  }
  return {
    format: 1,
    attack: sample.attack,
    sample: { id: sample.id, count: sample.count, seed: sample.seed },
    examples: sample.records.map(({ id }) => ({
      id,
      answers: read.flatMap(({ answers }) =>
        answers.answers
          .filter((one) => one.id === id)
          .map(({ meaning, label, natural }) => ({ rater: answers.rater, meaning, label, natural })),
      ),
    })),
  };
}

function answersOf(file: string): AuditAnswers {
  const found = readJsonFile(file, {
    schema: answersShape,
    what: "a reader's answers",
    remedy: 'Expected the file that the page of vda audit saves.',
  });
  if (found === undefined) throw new VdaError('not-found', `There is no file ${file}.`);
  return found;
}

function checkSample(
  { attack, sample: given }: AuditAnswers,
  p: { readonly file: string; readonly folder: string; readonly sample: AuditSample },
): void {
  const { file, folder, sample } = p;
  if (attack !== sample.attack) {
    throw new VdaError(
      'bad-input',
      `${file} has answers about another attack (${excerpt(attack, 12)}) than the one in ${folder} (${excerpt(sample.attack, 12)}). Name the folder whose page was read.`,
    );
  }
  if (given.id !== sample.id) {
    throw new VdaError(
      'bad-input',
      `${file} has answers about another sample (${excerpt(given.id, 12)}: ${given.count} texts, seed ${given.seed}) than ${excerpt(sample.id, 12)} (${sample.count} texts, seed ${sample.seed}), ` +
        'or the results have changed since. Give the answers of one page.',
    );
  }
}

/** Whose answers the folder of an attack keeps that new ones in their place do not have; of a damaged file nobody's. */
export function droppedRaters(folder: string, audit: Audit): readonly string[] {
  const kept = checkJsonFile(join(folder, attackFiles.audit), auditShape);
  const now = ratersOf(audit.examples);
  return kept?.ok ? ratersOf(kept.value.examples).filter((rater) => !now.includes(rater)) : [];
}

/**
 * What readers said of an attack, where its folder keeps it.
 * @throws VdaError `bad-input` where the file is not one that vda wrote, or is about another attack
 */
export function readAudit(folder: string, { attack }: { readonly attack: string }): Audit | undefined {
  const remedy = 'Write it anew with vda audit, or remove it.';
  const audit = readJsonFile(join(folder, attackFiles.audit), {
    ...{ schema: auditShape, what: 'an audit', remedy },
  });
  if (audit === undefined || audit.attack === attack) return audit;
  throw new VdaError('bad-input', `${join(folder, attackFiles.audit)} is about another attack. ${remedy}`);
}
