import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VdaError } from '../base/error.ts';
import { isText, requireArgument } from '../base/setting-rules.ts';
import { hubAccess, isRefusal, reasonOf, statusOf, tokenAdvice } from './hub-access.ts';
import { repoFolder, snapshotFolder, storeFile, writeRef } from './hub-cache.ts';
import { type HubSettings, hubSettings } from './hub-settings.ts';
import type { ResolveModelOptions } from './resolve-model.ts';

/** A file of a data set on the hub. */
interface HubFile {
  /** `owner/name`. */
  readonly name: string;
  readonly revision: string;
  readonly path: string;
}

const scheme = 'hf://';

/** Where the hub keeps what it makes of a data set whose own files are in another form. */
const parquetBranch = 'refs/convert/parquet';

/**
 * The local path of a data file: the path itself, or of `hf://datasets/OWNER/NAME[@REVISION]/PATH` the file of that data set on the Hugging
 * Face hub, downloaded into the cache that Python programs use. The revision `~parquet` is the branch on which the hub keeps a Parquet
 * form of every data set. One file at a time: a split of several is as many files. No code of a data set is run.
 *
 * Source: huggingface_hub documentation, "Interact with the Hub through the Filesystem API" (URLs).
 * @throws VdaError `usage` for another form of address, one of the web too; `not-found`; `offline` when the network was needed and could not be used;
 *   `no-space`. An aborted download throws the signal's reason
 */
export async function resolveDataFile(source: string, options: ResolveModelOptions = {}): Promise<string> {
  const expected = 'a path, or hf://datasets/OWNER/NAME/PATH';
  requireArgument(isText(source), { owner: 'resolveDataFile', name: 'source', expected, got: source });
  if (/^https?:\/\//.test(source)) throw isAddress(source);
  if (!source.startsWith(scheme)) return source;
  const file = parseAddress(source);
  const { onNotice, signal } = options;
  const settings = hubSettings(options.environment ?? process.env);
  const repo = repoFolder(settings.cache, { kind: 'datasets', name: file.name });
  const cached = cachedFile(repo, file);
  if (settings.offline) {
    if (cached !== undefined) return cached;
    throw offline(source, { settings, why: 'HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE is set' });
  }
  try {
    return await download(file, { ...options, settings, repo });
  } catch (thrown) {
    signal?.throwIfAborted();
    if (thrown instanceof VdaError) throw thrown;
    const status = statusOf(thrown);
    if (isRefusal(status)) {
      throw new VdaError(
        'not-found',
        `${settings.endpoint} does not give data set ${file.name}, revision ${file.revision} (status ${status}). Check the name; if ` +
          `the data set is private or gated, ${tokenAdvice(settings)}.`,
      );
    }
    if (cached === undefined) throw offline(source, { settings, why: reasonOf(thrown), cause: thrown });
    onNotice?.(
      `Could not reach ${settings.endpoint} (${reasonOf(thrown)}); using the cached copy ${cached}.`,
    );
    return cached;
  }
}

/** The error for an address of the web, which of a file on the hub says what it is called here. */
function isAddress(source: string): VdaError {
  const [, name, revision, path] =
    /^https?:\/\/[^/]+\/datasets\/([^/]+\/[^/]+)\/(?:resolve|blob|raw)\/([^/]+)\/([^?#]+)/.exec(source) ?? [];
  const there =
    name === undefined
      ? ''
      : ` (here ${scheme}datasets/${name}${revision === 'main' ? '' : `@${revision}`}/${path})`;
  return new VdaError(
    'usage',
    `${source} is an address, and vda reads files: download it and give its path; of a file on the hub give hf://datasets/OWNER/NAME/PATH${there}.`,
  );
}

/** @throws VdaError `usage` */
function parseAddress(source: string): HubFile {
  const found =
    /^hf:\/\/datasets\/([\w-][\w.-]*\/[\w-][\w.-]*)(?:@(~parquet|refs\/convert\/\w+|refs\/pr\/\d+|[^/]+))?\/(.+)$/.exec(
      source,
    );
  const isInside = found !== null && !found[3]!.split('/').some((part) => part === '..' || part === '');
  if (!isInside) {
    throw new VdaError(
      'usage',
      `${source}: expected hf://datasets/OWNER/NAME/PATH or hf://datasets/OWNER/NAME@REVISION/PATH, such as ` +
        'hf://datasets/OWNER/NAME@~parquet/default/train/0000.parquet. The page of the data set lists its files.',
    );
  }
  const [, name, revision = 'main', path] = found;
  return {
    name: name!,
    path: path!,
    revision: revision === '~parquet' ? parquetBranch : decodeURIComponent(revision),
  };
}

function cachedFile(repo: string, { revision, path }: HubFile): string | undefined {
  const ref = join(repo, 'refs', revision);
  const commit = existsSync(ref) ? readFileSync(ref, 'utf8').trim() : revision;
  const file = join(snapshotFolder(repo, commit), path);
  return existsSync(file) ? file : undefined;
}

async function download(
  { name, revision, path }: HubFile,
  p: ResolveModelOptions & { readonly settings: HubSettings; readonly repo: string },
): Promise<string> {
  const { settings, repo, signal, onProgress } = p;
  const { datasetInfo, downloadFile, pathsInfo } = await import('@huggingface/hub');
  const access = hubAccess(settings, signal);
  const own = { type: 'dataset', name } as const;
  const { sha: commit } = await datasetInfo({ name, revision, additionalFields: ['sha'], ...access });
  const [found] = await pathsInfo({ repo: own, paths: [path], revision: commit, ...access });
  const hash = found?.lfs?.oid ?? found?.oid;
  if (found === undefined || found.type !== 'file' || hash === undefined) {
    throw new VdaError(
      'not-found',
      `Data set ${name} has no file ${path} at revision ${revision}. ${settings.endpoint}/datasets/${name}/tree/${revision} lists its ` +
        'files; revision ~parquet has the form that the hub makes of them.',
    );
  }
  const size = found.lfs?.size ?? found.size;
  await storeFile(repo, {
    ...{ commit, file: { path, size, hash } },
    download: async () => {
      const blob = await downloadFile({ repo: own, path, revision: commit, xet: false, ...access });
      if (blob === null)
        throw new VdaError('not-found', `${name} lists ${path} but the hub does not have it.`);
      return blob.stream();
    },
    onBytes: (loaded) => onProgress?.({ file: path, loaded, total: size }),
  });
  writeRef(repo, { revision, commit });
  return join(snapshotFolder(repo, commit), path);
}

const offline = (
  source: string,
  p: { readonly settings: HubSettings; readonly why: string; readonly cause?: unknown },
): VdaError =>
  new VdaError(
    'offline',
    `${source} is not in the cache, and ${p.settings.endpoint} could not be used: ${p.why}. Give the path of a file, or download it ` +
      'once on a machine with a network and copy it, or set HF_ENDPOINT to a mirror.',
    { cause: p.cause },
  );
