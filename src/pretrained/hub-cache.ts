import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { copyFile, open, rename, rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { messageOf, VdaError } from '../base/error.ts';
import { isDiskFull, writeFilesAtomically } from '../files/atomic-file.ts';
import { makeFolder } from '../files/make-folder.ts';

/** The folder of a model or a data set in the hub cache: `blobs/`, `refs/`, `snapshots/`, as the Python library lays it out. */
export const repoFolder = (
  cache: string,
  { kind, name }: { readonly kind: 'models' | 'datasets'; readonly name: string },
): string => join(cache, `${kind}--${name.split('/').join('--')}`);

export const snapshotFolder = (repo: string, commit: string): string => join(repo, 'snapshots', commit);

/**
 * The snapshot of a revision in the cache, when it holds a whole model: a configuration and every weight file.
 * @param revision branch, tag or commit
 * @returns its folder, or undefined
 */
export function cachedSnapshot(repo: string, revision: string): string | undefined {
  const ref = join(repo, 'refs', revision);
  const commit = existsSync(ref) ? readFileSync(ref, 'utf8').trim() : revision;
  const folder = snapshotFolder(repo, commit);
  return existsSync(join(folder, 'config.json')) && hasWeights(folder) ? folder : undefined;
}

function hasWeights(folder: string): boolean {
  return weightForms.some(({ single, shard }) => {
    if (existsSync(join(folder, single))) return true;
    if (!existsSync(join(folder, `${single}.index.json`))) return false;
    const shards = readdirSync(folder).filter((name) => shard.test(name) && existsSync(join(folder, name)));
    return shards.length > 0 && shards.length === Number(shard.exec(shards[0]!)![1]);
  });
}

/**
 * How a model's weights may be named, the preferred form first. An index stands beside shards, such as
 * `model-00001-of-00002.safetensors`; the group of `shard` is their number.
 */
export const weightForms = [
  { single: 'model.safetensors', shard: /^model-\d{5}-of-(\d{5})\.safetensors$/ },
  { single: 'pytorch_model.bin', shard: /^pytorch_model-\d{5}-of-(\d{5})\.bin$/ },
] as const;

/** Records which commit a branch or tag is at. Written last, so that a download cut short is not taken for whole. */
export function writeRef(
  repo: string,
  { revision, commit }: { readonly revision: string; readonly commit: string },
): void {
  if (revision === commit) return;
  writeFilesAtomically([{ path: join(repo, 'refs', revision), chunks: [commit] }]);
}

/** A file of a model on the hub. */
export interface RemoteFile {
  readonly path: string;
  readonly size: number;
  /** SHA-256 of the content (64 digits) for large files, else its git blob hash (40 digits). */
  readonly hash: string;
}

export interface StoreFileOptions {
  readonly commit: string;
  readonly file: RemoteFile;
  /** Starts the download; called only when the content is not in the cache yet. */
  readonly download: () => Promise<AsyncIterable<Uint8Array>>;
  /** Called with the number of bytes on disk so far, from 0; not at all for content that is in the cache. */
  readonly onBytes: (loaded: number) => void;
}

/**
 * Puts one file into the cache, in `blobs/` under its hash and linked from the snapshot, downloading it if need be.
 * Content is checked against size and hash before it takes its place.
 *
 * @throws VdaError `bad-input` when what came is not what the hub announced; `no-space` when the disk is full; the
 *   download's own error. What had arrived is removed
 */
export async function storeFile(
  repo: string,
  { commit, file, download, onBytes }: StoreFileOptions,
): Promise<void> {
  const pointer = join(snapshotFolder(repo, commit), file.path);
  const blob = join(repo, 'blobs', file.hash);
  if (!existsSync(blob) && !existsSync(pointer)) {
    makeFolder(dirname(blob));
    const incomplete = `${blob}.${randomUUID()}.incomplete`; // other processes may be at the same file
    try {
      onBytes(0);
      await writeChecked(incomplete, { file, chunks: await download(), onBytes });
      await rename(incomplete, blob);
    } catch (thrown) {
      await rm(incomplete, { force: true });
      throw diskFull(thrown, repo) ?? thrown;
    }
  }
  if (!existsSync(pointer)) await link(blob, pointer);
}

async function writeChecked(
  path: string,
  {
    file,
    chunks,
    onBytes,
  }: Pick<StoreFileOptions, 'file' | 'onBytes'> & { readonly chunks: AsyncIterable<Uint8Array> },
): Promise<void> {
  const isSha256 = file.hash.length === 64;
  const hash = createHash(isSha256 ? 'sha256' : 'sha1');
  if (!isSha256) hash.update(`blob ${file.size}\0`); // what git puts before the content it hashes
  const handle = await open(path, 'wx');
  let loaded = 0;
  try {
    for await (const chunk of chunks) {
      hash.update(chunk);
      for (let done = 0; done < chunk.length; ) done += (await handle.write(chunk, done)).bytesWritten;
      loaded += chunk.length;
      onBytes(loaded);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  if (loaded !== file.size) {
    throw new VdaError('bad-input', `${file.path}: expected ${file.size} bytes, got ${loaded}. Run again.`);
  }
  const digest = hash.digest('hex');
  if (digest !== file.hash) {
    throw new VdaError(
      'bad-input',
      `${file.path}: expected content with hash ${file.hash}, got ${digest}. Something changed it on the way (a proxy?).`,
    );
  }
}

async function link(blob: string, pointer: string): Promise<void> {
  makeFolder(dirname(pointer));
  const made = `${pointer}.${randomUUID()}`;
  try {
    symlinkSync(relative(dirname(pointer), blob), made);
    await rename(made, pointer); // also over a link whose blob someone deleted, and over another process's
  } catch {
    await copyFile(blob, pointer); // Windows without the right to make links
  }
}

function diskFull(thrown: unknown, repo: string): VdaError | undefined {
  if (!isDiskFull(thrown)) return undefined;
  return new VdaError(
    'no-space',
    `The disk is full: could not download into ${repo} (${messageOf(thrown)}). Free some space, or set HF_HUB_CACHE to a ` +
      'folder on another disk.',
    { cause: thrown },
  );
}
