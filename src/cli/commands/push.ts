import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { VdaError } from '../../base/error.ts';
import { writeFilesAtomically } from '../../files/atomic-file.ts';
import { holdFolder } from '../../files/folder-lock.ts';
import { isFolder } from '../../files/paths.ts';
import { modelIdentity } from '../../inference/model-identity.ts';
import type { pushSpec } from '../../options/push.ts';
import type { OptionsOf } from '../../options/spec.ts';
import { loadClassifier } from '../../pretrained/load-classifier.ts';
import { type PushedToHub, pushToHub } from '../../pretrained/push-to-hub.ts';
import { attacksOfRun, type RunAttacks } from '../../report/attacks-of-run.ts';
import { type SharedFile, sharedFiles } from '../../report/shared-files.ts';
import { updateModelCard } from '../../report/update-model-card.ts';
import { readRunRecord, runFile } from '../../runs/run-folder.ts';
import { nodeRuntime } from '../../runtime/node/node-runtime.ts';
import type { Run } from '../command.ts';
import { aligned } from '../terminal/aligned.ts';
import { formatBytes } from '../terminal/format.ts';
import type { CommandIo } from '../terminal/io.ts';
import { createProgress } from '../terminal/progress.ts';
import { quoted } from '../terminal/quoted.ts';
import { sayTo } from '../terminal/say.ts';

type Options = OptionsOf<typeof pushSpec>;

/** Puts the attacks on a trained model into its card, and uploads the run. */
export const run: Run<typeof pushSpec> = async (options, io) => {
  checkRun(options.run);
  await holdFolder(options.run, { work: 'an upload' }, () => push(options, io));
};

/** @throws VdaError `not-found` for what is no finished run of `vda train`, and no mean of `vda average` */
function checkRun(folder: string): void {
  const expected = 'Name the folder of a finished vda train, or of a vda average.';
  if (!isFolder(folder)) throw new VdaError('not-found', `${folder} is not a folder. ${expected}`);
  const record = readRunRecord(folder);
  if (record === undefined)
    throw new VdaError('not-found', `${folder} holds no run: there is no ${runFile} in it. ${expected}`);
  if (record.command !== 'train' && record.command !== 'average') {
    throw new VdaError(
      'not-found',
      `${folder} is a folder of vda ${record.command}, not of vda train or vda average. ${expected}`,
    );
  }
  const missing = ['config.json', 'model.safetensors'].find((name) => !existsSync(join(folder, name)));
  if (missing !== undefined) {
    throw new VdaError(
      'not-found',
      `${folder} has no ${missing}: its training has not ended. Go on with it by vda train with --resume-from-checkpoint last.`,
    );
  }
}

async function push(options: Options, io: CommandIo): Promise<void> {
  const say = sayTo(io);
  const { run: folder, attack, withTexts, repoId } = options;
  const model = await loadClassifier(folder); // what does not load here would load nowhere
  const name = basename(resolve(folder));
  const found = attacksOfRun(folder, {
    ...{ name, model: modelIdentity(model, nodeRuntime) },
    ...(attack && { named: attack }),
  });
  for (const line of found.leftOut) say(line);
  writeCard(folder, { name, found, say });
  const attacks = found.attacks.map((one) => one.folder);
  const files = sharedFiles(folder, { attacks, withTexts });
  if (options.dryRun) {
    io.stdout.write(`${listed(files)}\n`);
    say(`Nothing was uploaded to ${repoId}: this is a dry run.`);
    return;
  }
  const { address, replaced } = await upload(files, { options, name, io });
  io.stdout.write(`${address}\n`);
  const card = files.find(({ path }) => path === cardFile);
  if (replaced !== undefined && card !== undefined && !isSameCard(replaced, { card, name, found })) {
    say(
      `${cardFile} of ${repoId} said something else beside the attacks, and is replaced by the one here. What it said is in the history of the repository.`,
    );
  }
}

const cardFile = 'README.md';

/** Whether a card that the hub had says what the new one does, but for the attacks. */
function isSameCard(
  before: string,
  p: { readonly card: SharedFile; readonly name: string; readonly found: RunAttacks },
): boolean {
  const { card, name, found } = p;
  const now = 'text' in card ? card.text : readFileSync(card.file, 'utf8');
  const rows = found.attacks.map(({ row }) => row);
  const withAttacks = (text: string) => updateModelCard(text, { name, rows, path: cardFile });
  try {
    return before === now || withAttacks(before) === withAttacks(now);
  } catch {
    return false; // what is no card of this form says something else
  }
}

/** The card with the attacks on the model; without any it stays as it is. */
function writeCard(
  folder: string,
  p: { readonly name: string; readonly found: RunAttacks; readonly say: (line: string) => void },
): void {
  const { name, found, say } = p;
  const path = join(folder, cardFile);
  const card = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  const rows = found.attacks.map(({ row }) => row);
  if (rows.length === 0) {
    say(`No finished attack on this model was found, so the card says nothing of its robustness (${path}).`);
    if (card !== undefined) return;
  }
  const updated = updateModelCard(card ?? '', { name, rows, path });
  if (updated !== card) writeFilesAtomically([{ path, chunks: [updated] }]);
  for (const { folder: attacked } of found.attacks) say(`In the card (${path}): ${attacked}.`);
}

const sizeOf = (files: readonly SharedFile[]): number => files.reduce((sum, { bytes }) => sum + bytes, 0);

const listed = (files: readonly SharedFile[]): string =>
  aligned([
    ['File', 'Size'],
    ...files.map(({ path, bytes }) => [path, formatBytes(bytes)]),
    [`${files.length} files`, formatBytes(sizeOf(files))],
  ]).join('\n');

async function upload(
  files: readonly SharedFile[],
  { options, name, io }: { readonly options: Options; readonly name: string; readonly io: CommandIo },
): Promise<PushedToHub> {
  const { repoId: repo, revision, commitMessage } = options;
  const total = sizeOf(files);
  const label = `${repo} (${formatBytes(total)})`;
  const progress = createProgress(io, { label, total, unit: 'B' });
  try {
    const pushed = await pushToHub({
      ...{ repo, files, revision, replacing: cardFile },
      message: commitMessage ?? `Upload ${name} by vda push`,
      ...(options.private && { private: true }),
      onBytes: (sent) => progress.update(sent),
      signal: io.signal,
      environment: io.env,
    });
    progress.update(total); // the small files went with the commit, and what the hub had was not sent
    progress.finish();
    return pushed;
  } catch (thrown) {
    if (io.signal.aborted) {
      progress.log(
        `Stopped: nothing shows in ${repo} yet, and large files that arrived whole are kept there. The same command goes on: vda ${quoted(io.argv)}`,
      );
    }
    throw thrown;
  }
}
