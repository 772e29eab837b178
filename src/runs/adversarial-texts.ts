import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { AttackRecipe } from '../attacks/recipe.ts';
import { type ReplayedTexts, replayOf } from '../attacks/replay.ts';
import { VdaError } from '../base/error.ts';
import type { Part } from '../base/part.ts';
import { isText, requireArgument } from '../base/setting-rules.ts';
import type { AdversarialText, AdversarialTexts } from '../data/adversarial-text.ts';
import { alignLabels, likeNames } from '../data/align-labels.ts';
import type { Example } from '../data/dataset.ts';
import { resolveLabels } from '../data/labels.ts';
import { readAdvGlue } from '../data/read-advglue.ts';
import { readTextAttackLog } from '../data/read-textattack-log.ts';
import { extensionOf } from '../data/table-file.ts';
import { contentHash } from '../files/content-hash.ts';
import { attackFiles, readManifest } from './attack-run.ts';
import { readResults } from './results-file.ts';

/** Given adversarial texts, ready to be asked about. */
export interface Replay {
  readonly recipe: AttackRecipe;
  readonly examples: readonly Example[];
  /** What people call the texts: `bert-attack on minilm`, `pwws (strict) on minilm`, or the file. */
  readonly source: string;
  readonly remarks: readonly string[];
}

/**
 * Reads adversarial texts for any model: the successes of an attack of vda (its folder, or `results.jsonl`), those of a log of
 * TextAttack (`.csv`), or AdvGLUE's (`.json`).
 *
 * @param p.labels class names of the model that will be asked, by number
 * @param p.fileLabels what the texts' file calls these classes, in their order, where it calls them otherwise. Default: what AdvGLUE's
 *   numbers mean, where the model has such names; else `labels`
 * @param p.task of AdvGLUE
 * @throws VdaError `not-found` for a file that is not there; `usage` for one of another kind; what reading each throws
 */
export function readReplay(
  path: string,
  {
    labels,
    fileLabels: given,
    task,
  }: {
    readonly labels: readonly string[];
    readonly fileLabels?: readonly string[] | undefined;
    readonly task?: string | undefined;
  },
): Replay {
  const owner = 'readReplay';
  requireArgument(isText(path), {
    owner,
    name: 'path',
    expected: 'the path of a file or a folder',
    got: path,
  });
  for (const [name, got] of Object.entries({ labels, fileLabels: given })) {
    const isLeftOut = name === 'fileLabels' && got === undefined;
    const areNames = isLeftOut || (Array.isArray(got) && got.every(isText));
    requireArgument(areNames, { owner, name, expected: 'the names of the classes', got });
  }
  if (!existsSync(path)) throw new VdaError('not-found', `There are no adversarial texts at ${path}.`);
  const { texts, labels: said, remarks, source } = read(path, task);
  const isModels = said !== undefined && likeNames(said, labels) !== undefined;
  const fileLabels = given ?? (isModels ? said : labels);
  const found = resolveLabels(texts, { path, labels: fileLabels });
  const ofFile = texts.map(
    ({ id, text, textPair }, i): Example => ({
      ...{ id, text, label: found.classes[i]! },
      ...(textPair !== undefined && { textPair }),
    }),
  );
  const named = { path, labels: fileLabels, examples: ofFile, warnings: found.warnings };
  const { examples, warnings } = alignLabels(named, labels);
  const replayed: ReplayedTexts = {
    adversarial: new Map(
      texts.flatMap(({ id, adversarial }) => (adversarial === undefined ? [] : [[id, adversarial]])),
    ),
    content: contentHash(JSON.stringify(texts.map(({ line: _, ...text }) => text))),
  };
  return { recipe: replayOf(replayed), examples, source, remarks: [...remarks, ...warnings] };
}

function read(path: string, task: string | undefined): AdversarialTexts & { readonly source: string } {
  if (statSync(path).isDirectory()) return ownResults(join(path, attackFiles.results));
  const extension = extensionOf(path);
  if (extension === 'jsonl') return ownResults(path);
  const source = basename(path);
  if (extension === 'csv') return { ...readTextAttackLog(path), source };
  if (extension === 'json')
    return { ...readAdvGlue(path, { task }), source: task === undefined ? source : `${source}, ${task}` };
  throw new VdaError(
    'usage',
    `${path}: expected the folder or the results.jsonl of a vda attack, a log of TextAttack (.csv) or texts as AdvGLUE has them (.json).`,
  );
}

function ownResults(path: string): AdversarialTexts & { readonly source: string } {
  const { records, badLines } = readResults(path);
  const texts = records
    .filter(({ status }) => status === 'success')
    .map(
      ({ id, label, text, textPair, adversarialText }, i): AdversarialText => ({
        ...{ id, line: i + 1, label, text, adversarial: adversarialText },
        ...(textPair !== undefined && { textPair }),
      }),
    );
  if (texts.length === 0) {
    throw new VdaError(
      'bad-input',
      `${path} holds no success of an attack: ${records.length} results, ${badLines} lines that are none. Expected what vda attack wrote.`,
    );
  }
  const manifest = readManifest(dirname(path));
  const attack = manifest?.identity.parts.attack as Part | undefined;
  const profile = attack?.settings?.profile;
  const recipe = attack && (typeof profile === 'string' ? `${attack.id} (${profile})` : attack.id);
  const model = manifest?.about.model;
  const left = records.length - texts.length;
  const asked = manifest?.ids.length ?? 0;
  return {
    texts,
    remarks: [
      ...(left > 0
        ? [`${path}: ${left} of ${records.length} attacks did not succeed and are left out.`]
        : []),
      ...(records.length < asked
        ? [
            `${path}: that attack is unfinished, ${records.length} of ${asked} texts; what it finds later is not asked about.`,
          ]
        : []),
    ],
    source:
      recipe === undefined || model === undefined
        ? basename(dirname(path))
        : `${recipe} on ${basename(model)}`,
  };
}
