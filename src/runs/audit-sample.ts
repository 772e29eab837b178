import { join } from 'node:path';
import type { AttackRecord } from '../attacks/record.ts';
import { VdaError } from '../base/error.ts';
import { permutation, randomKey, randomStream } from '../base/random.ts';
import { checkSettings, isText, requireArgument, type SettingRules } from '../base/setting-rules.ts';
import { stratifiedOrder } from '../data/stratified-order.ts';
import { contentHashOf } from '../files/content-hash.ts';
import { attackFiles, readManifest } from './attack-run.ts';
import { readResults } from './results-file.ts';

/** Which successes of an attack readers are shown. */
export interface AuditDraw {
  /** How many; where there are fewer, all. */
  readonly count: number;
  readonly seed: number;
}

/** A draw, made. */
export interface AuditSample extends AuditDraw {
  /** Hash of the texts shown, in their order: answers belong to it alone. */
  readonly id: string;
  /** `Identity.hash` of the attack. */
  readonly attack: string;
  /** In the order shown. */
  readonly records: readonly AttackRecord[];
  /** Every class that the attack's results name, sorted. */
  readonly classes: readonly string[];
}

const drawRules = {
  count: { kind: 'integer', min: 1 },
  seed: { kind: 'integer', min: 0 },
} as const satisfies SettingRules;

/**
 * Draws successes of an attack for readers: a stratified sample by true class ({@link stratifiedOrder}) after a shuffle by the
 * seed. A smaller draw is the beginning of a larger one of the same seed.
 * @throws VdaError `usage` for a count or a seed out of range; `not-found` for a folder without an attack; `bad-input` where it has no success
 */
export function auditSample(folder: string, { count, seed }: AuditDraw): AuditSample {
  const owner = 'auditSample';
  requireArgument(isText(folder), { owner, name: 'folder', expected: 'the path of a folder', got: folder });
  checkSettings(owner, { count, seed }, { rules: drawRules });
  const manifest = readManifest(folder);
  if (manifest === undefined) {
    throw new VdaError(
      'not-found',
      `${folder} holds no attack: expected ${attackFiles.manifest} in it. Name a folder that vda attack wrote.`,
    );
  }
  const { records } = readResults(join(folder, attackFiles.results));
  const successes = records.filter(({ status }) => status === 'success');
  if (successes.length === 0) {
    throw new VdaError(
      'bad-input',
      `${folder}: none of its ${records.length} attacks succeeded, so there is nothing to read.`,
    );
  }
  const classes = [
    ...new Set(records.flatMap((one) => [one.label, one.originalPrediction, one.finalPrediction])),
  ]
    .filter((name) => name !== '')
    .sort();
  const stream = randomStream(randomKey(seed, 'sample of an audit'));
  const order = stratifiedOrder(
    successes.map(({ label }) => classes.indexOf(label)),
    { order: Array.from(permutation(successes.length, stream)), count },
  );
  const drawn = order.map((index) => successes[index]!);
  const attack = manifest.identity.hash;
  const id = contentHashOf([
    attack,
    ...drawn.map(({ id, text, textPair, adversarialText }) =>
      JSON.stringify([id, text, textPair ?? null, adversarialText]),
    ),
  ]);
  return { count, seed, id, attack, records: drawn, classes };
}
