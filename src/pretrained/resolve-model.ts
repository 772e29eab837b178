import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { VdaError } from '../base/error.ts';
import { isText, requireArgument } from '../base/setting-rules.ts';
import { isFolder } from '../files/paths.ts';
import { families } from '../models/families.ts';
import { modelTypeOf } from '../models/parse-config.ts';
import { TOKENIZER_FILES } from '../text/tokenizer-from-files.ts';
import { conversionAdvice, otherWeightFiles } from './conversion-advice.ts';
import { hubAccess, isRefusal, reasonOf, statusOf, tokenAdvice } from './hub-access.ts';
import {
  cachedSnapshot,
  type RemoteFile,
  repoFolder,
  snapshotFolder,
  storeFile,
  weightForms,
  writeRef,
} from './hub-cache.ts';
import { type Environment, type HubSettings, hubSettings } from './hub-settings.ts';
import { adapterAdvice, adapterConfig } from './instead-of-model.ts';

/** How far the download of one file is, in bytes. */
export interface DownloadProgress {
  readonly file: string;
  readonly loaded: number;
  readonly total: number;
}

/** Which revision of a model of the hub, from where, and who is told of it. */
export interface ResolveModelOptions {
  readonly onProgress?: (progress: DownloadProgress) => void;
  /** Told when the hub cannot be reached and the cached copy is used instead. */
  readonly onNotice?: (notice: string) => void;
  readonly signal?: AbortSignal;
  /** Branch, tag or commit. Default `'main'`. */
  readonly revision?: string;
  /** Default `process.env`. */
  readonly environment?: Environment;
}

/** Whether a text has the form of a model's name on the hub: `name`, or `owner/name`. */
export const isHubName = (name: string): boolean => /^[\w-][\w.-]*(\/[\w-][\w.-]*)?$/.test(name);

/**
 * The local folder of a model: the folder itself, or a model of the Hugging Face hub, downloaded into the cache that
 * Python programs use ({@link hubSettings} for the variables that are honoured). Configuration, tokenizer files and
 * weights are fetched (safetensors, else pytorch_model.bin); content is checked against the hub's hashes. Where the hub cannot be reached, a
 * whole cached copy of the revision is used.
 *
 * @param nameOrFolder a path, or `owner/name`
 * @throws VdaError `not-found` for what is neither, and for a model without weights of these forms; `offline` when the
 *   network was needed and could not be used; `no-space`. An aborted download throws the signal's reason
 */
export async function resolveModel(nameOrFolder: string, options: ResolveModelOptions = {}): Promise<string> {
  const expected = 'the path of a folder or a name on the hub';
  requireArgument(isText(nameOrFolder), {
    owner: 'resolveModel',
    name: 'model',
    expected,
    got: nameOrFolder,
  });
  if (isFolder(nameOrFolder)) return nameOrFolder;
  if (existsSync(nameOrFolder)) {
    throw new VdaError(
      'usage',
      `${nameOrFolder} is a file; expected the folder that holds config.json and the weights.`,
    );
  }
  const address = /^(?:https?|hf):\/\/(?:huggingface\.co\/)?([^?#]*)/.exec(nameOrFolder)?.[1];
  if (address !== undefined) {
    const name = address.split('/').slice(0, 2).filter(Boolean).join('/');
    throw new VdaError(
      'usage',
      `${nameOrFolder} is an address; expected a folder, or the name of a model on the hub${isHubName(name) ? `, such as ${name}` : ''}.`,
    );
  }
  if (!isHubName(nameOrFolder)) {
    throw new VdaError(
      'not-found',
      `${nameOrFolder} is not a folder, and no name of a model on the hub (owner/name). Check the path.`,
    );
  }
  const { revision = 'main', onNotice, signal } = options;
  const settings = hubSettings(options.environment ?? process.env);
  const repo = repoFolder(settings.cache, { kind: 'models', name: nameOrFolder });
  const cached = cachedSnapshot(repo, revision);
  if (settings.offline) {
    if (cached !== undefined) return cached;
    throw offline(nameOrFolder, { settings, repo, why: 'HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE is set' });
  }
  try {
    return await download(nameOrFolder, { ...options, revision, settings, repo });
  } catch (thrown) {
    signal?.throwIfAborted();
    if (thrown instanceof VdaError) throw thrown;
    const status = statusOf(thrown);
    if (isRefusal(status)) throw refused(nameOrFolder, { status, settings, revision });
    if (cached === undefined)
      throw offline(nameOrFolder, { settings, repo, why: reasonOf(thrown), cause: thrown });
    onNotice?.(
      `Could not reach ${settings.endpoint} (${reasonOf(thrown)}); using the cached copy in ${cached}.`,
    );
    return cached;
  }
}

interface Download extends ResolveModelOptions {
  readonly revision: string;
  readonly settings: HubSettings;
  readonly repo: string;
}

async function download(
  name: string,
  { settings, repo, revision, signal, onProgress }: Download,
): Promise<string> {
  const { downloadFile, listFiles, modelInfo } = await import('@huggingface/hub');
  const access = hubAccess(settings, signal);
  const { sha: commit } = await modelInfo({ name, revision, additionalFields: ['sha'], ...access });
  const files: RemoteFile[] = [];
  for await (const { type, path, size, oid, lfs } of listFiles({ repo: name, revision: commit, ...access })) {
    const hash = lfs?.oid ?? oid;
    if (type === 'file' && hash !== undefined) files.push({ path, size: lfs?.size ?? size, hash });
  }
  for (const file of wantedFiles(name, files)) {
    await storeFile(repo, {
      commit,
      file,
      download: async () => {
        // xet: false, plain HTTPS: one path to test, and the only one that proxies and mirrors know.
        const blob = await downloadFile({
          repo: name,
          path: file.path,
          revision: commit,
          xet: false,
          ...access,
        });
        if (blob === null)
          throw new VdaError('not-found', `${name} lists ${file.path} but the hub does not have it.`);
        return blob.stream();
      },
      onBytes: (loaded) => onProgress?.({ file: file.path, loaded, total: file.size }),
    });
    if (file.path === 'config.json') checkFamily(name, join(snapshotFolder(repo, commit), file.path));
  }
  writeRef(repo, { revision, commit });
  return snapshotFolder(repo, commit);
}

/** Weights of an architecture that is not supported are not downloaded. @throws VdaError `unsupported` saying what is supported */
function checkFamily(name: string, path: string): void {
  const config: unknown = JSON.parse(readFileSync(path, 'utf8'));
  const found =
    typeof config === 'object' && config !== null && 'model_type' in config ? config.model_type : undefined;
  if (typeof found === 'string')
    modelTypeOf({ model_type: found }, { path: `${name}, config.json`, families });
}

const smallFiles: readonly string[] = ['config.json', ...TOKENIZER_FILES];

/** What is needed of a model's files, the small ones first. */
function wantedFiles(name: string, files: readonly RemoteFile[]): RemoteFile[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const weights = weightForms
    .map(({ single, shard }) => {
      const whole = byPath.get(single);
      const index = byPath.get(`${single}.index.json`);
      if (whole !== undefined) return [whole];
      return index === undefined ? [] : [index, ...files.filter(({ path }) => shard.test(path))];
    })
    .find(({ length }) => length > 0);
  if (!byPath.has('config.json') || weights === undefined) {
    if (byPath.has(adapterConfig)) {
      throw new VdaError('unsupported', `${name} on the hub is no model of its own. ${adapterAdvice}`);
    }
    const missing = byPath.has('config.json') ? 'model.safetensors or pytorch_model.bin' : 'config.json';
    const other = otherWeightFiles.find((path) => byPath.has(path));
    const instead =
      other === undefined
        ? 'Choose a model in Hugging Face format.'
        : `Its ${other} is not read. ${conversionAdvice({ model: name, file: other, architectures: [] })}`;
    throw new VdaError('not-found', `${name} on the hub has no ${missing}. ${instead}`);
  }
  return [...smallFiles.flatMap((path) => byPath.get(path) ?? []), ...weights];
}

function refused(
  name: string,
  {
    status,
    settings,
    revision,
  }: { readonly status: number; readonly settings: HubSettings; readonly revision: string },
): VdaError {
  return new VdaError(
    'not-found',
    `${settings.endpoint} does not give model ${name}, revision ${revision} (status ${status}). Check the name; if the ` +
      `model is private or gated, ${tokenAdvice(settings)}. There is no folder of this name here either.`,
  );
}

function offline(
  name: string,
  {
    settings,
    repo,
    why,
    cause,
  }: {
    readonly settings: HubSettings;
    readonly repo: string;
    readonly why: string;
    readonly cause?: unknown;
  },
): VdaError {
  return new VdaError(
    'offline',
    `Model ${name} is neither a folder here nor whole in the cache (${repo}), and ${settings.endpoint} could not be used: ` +
      `${why}. Give the path of a model folder, or download the model once on a machine with a network ` +
      `(\`hf download ${name}\`) and copy it into the cache, or set HF_ENDPOINT to a mirror.`,
    { cause },
  );
}
