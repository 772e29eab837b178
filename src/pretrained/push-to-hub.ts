import { pathToFileURL } from 'node:url';
import { argument, VdaError } from '../base/error.ts';
import { hubAccess, isRefusal, reasonOf, statusOf } from './hub-access.ts';
import { type Environment, type HubSettings, hubSettings } from './hub-settings.ts';

/** A file to upload: its path in the repository, and its content on disk or as text. */
export type UploadedFile = { readonly path: string } & (
  | { readonly file: string }
  | { readonly text: string }
);

/** Where an upload goes, and who is told of it. */
export interface PushToHubOptions {
  /** `owner/name`; made where it is not there. */
  readonly repo: string;
  readonly files: readonly UploadedFile[];
  /** Whether a repository that is made is private; one that is there must be so. Default: as its owner's settings have it. */
  readonly private?: boolean;
  /** Branch, made where it is not there. Default `'main'`. */
  readonly revision?: string;
  readonly message: string;
  /** A text among the files: what the branch had in its place is given back. */
  readonly replacing?: string;
  /** Told of bytes sent so far, of files alone that the hub did not have. */
  readonly onBytes?: (sent: number) => void;
  readonly signal?: AbortSignal;
  /** Default `process.env`. */
  readonly environment?: Environment;
}

/** What an upload made. */
export interface PushedToHub {
  /** Address of the commit. */
  readonly address: string;
  /** The text of `replacing` as it was there before; absent where there was none, or it could not be read. */
  readonly replaced?: string;
}

/**
 * Uploads files to a model repository of the Hugging Face hub in one commit: all of them are visible there, or none. Large files
 * go before the commit and stay with the hub, so that the same call after an interruption sends only what is missing.
 *
 * @throws VdaError `usage` without a token, for one that is refused, and for a repository that it may not write to; `conflict`
 *   for a public repository that was to be private; `offline` where the network was not to be used, could not, or broke off. An
 *   aborted upload throws the signal's reason
 */
export async function pushToHub(options: PushToHubOptions): Promise<PushedToHub> {
  const settings = hubSettings(options.environment ?? process.env);
  const { repo, files, signal, message, revision = 'main', onBytes } = options;
  const { token } = settings;
  if (token === undefined) {
    throw new VdaError(
      'usage',
      'No token: an upload needs one that may write. Set HF_TOKEN, or log in once with `hf auth login`, whose token file is read.',
    );
  }
  if (settings.offline) {
    throw new VdaError(
      'offline',
      'HF_HUB_OFFLINE or TRANSFORMERS_OFFLINE is set: nothing is uploaded. Unset it.',
    );
  }
  const { createBranch, createRepo, downloadFile, modelInfo, uploadFiles } = await import('@huggingface/hub');
  const access = { ...hubAccess(settings, signal), accessToken: token };
  let stage: Stage = 'opening';
  try {
    const visibility = options.private === undefined ? undefined : options.private ? 'private' : 'public';
    const isThere = await madeBefore(() =>
      createRepo({ repo, ...access, ...(visibility && { visibility }) }),
    );
    if (isThere && options.private && !(await modelInfo({ name: repo, ...access })).private) {
      throw new VdaError(
        'conflict',
        `${repo} is there already, and public. Make it private in its settings on the hub, choose another name, or leave out ${argument('private')}.`,
      );
    }
    if (revision !== 'main') {
      await madeBefore(() => createBranch({ repo, branch: revision, ...access }));
    }
    const { replacing } = options;
    const replaced =
      isThere && replacing !== undefined
        ? await textOf(downloadFile({ repo, path: replacing, revision, xet: false, ...access }))
        : undefined;
    stage = 'sending';
    const done = await uploadFiles({
      repo,
      ...access,
      fetch: counting(access.fetch ?? fetch, onBytes),
      files: files.map((file) => ({
        path: file.path,
        content: 'file' in file ? pathToFileURL(file.file) : new Blob([file.text]),
      })),
      commitTitle: message,
      branch: revision,
      useXet: false, // plain HTTPS, as for downloads: one way to test, and the one that mirrors know
    });
    const address = done?.commit.url ?? `${settings.endpoint}/${repo}`;
    return { address, ...(replaced !== undefined && { replaced }) };
  } catch (thrown) {
    signal?.throwIfAborted();
    throw thrown instanceof VdaError ? thrown : problemOf(thrown, { settings, repo, revision, stage });
  }
}

type Stage = 'opening' | 'sending';

/** Makes something on the hub. @returns whether it was there before */
async function madeBefore(make: () => Promise<unknown>): Promise<boolean> {
  try {
    await make();
    return false;
  } catch (thrown) {
    if (statusOf(thrown) === 409) return true;
    throw thrown;
  }
}

/** A file's text; undefined for one that is not there or cannot be read, which is no reason not to upload. */
const textOf = (download: Promise<Blob | null>): Promise<string | undefined> =>
  download.then((blob) => blob?.text()).catch(() => undefined);

/** A `fetch` that counts the bytes of files as they are sent. */
function counting(send: typeof fetch, onBytes: (sent: number) => void = () => {}): typeof fetch {
  let sent = 0;
  return (input, init) => {
    if (init?.method !== 'PUT' || !(init.body instanceof Blob)) return send(input, init);
    const body = new CountedBlob(init.body, (bytes) => {
      sent += bytes;
      onBytes(sent);
    });
    return send(input, { ...init, body });
  };
}

/** A blob that says how much of it was read: `fetch` asks a body for its size and its stream, and tells nobody how far it is. */
class CountedBlob extends Blob {
  readonly #content: Blob;
  readonly #onRead: (bytes: number) => void;

  constructor(content: Blob, onRead: (bytes: number) => void) {
    super([]);
    this.#content = content;
    this.#onRead = onRead;
    Object.defineProperty(this, 'size', { value: content.size });
  }

  override stream(): ReturnType<Blob['stream']> {
    const onRead = this.#onRead;
    const counter = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        onRead(chunk.length);
        controller.enqueue(chunk);
      },
    });
    return this.#content.stream().pipeThrough(counter);
  }
}

function problemOf(
  thrown: unknown,
  p: {
    readonly settings: HubSettings;
    readonly repo: string;
    readonly revision: string;
    readonly stage: Stage;
  },
): VdaError {
  const { settings, repo, revision, stage } = p;
  const { endpoint } = settings;
  const status = statusOf(thrown);
  const because = { cause: thrown };
  if (status === 401) {
    return new VdaError(
      'usage',
      `${endpoint} does not accept the token (status 401). Make one that may write, and set HF_TOKEN or log in again with \`hf auth login\`.`,
      because,
    );
  }
  if (status === 403 || status === 404) {
    return new VdaError(
      'usage',
      `${endpoint} does not let this token write to ${repo} (status ${status}): the repository or its owner's name is somebody else's, or the token may only read. Choose a name of your own in ${argument('repoId')}, or a token that may write.`,
      because,
    );
  }
  if (isRefusal(status)) {
    return new VdaError(
      'bad-input',
      `${endpoint} refuses the upload to ${repo}, branch ${revision} (status ${status}): ${saidBy(thrown)}`,
      because,
    );
  }
  const why = status === undefined ? reasonOf(thrown) : `status ${status}`;
  return new VdaError(
    'offline',
    stage === 'opening'
      ? `${endpoint} could not be used: ${why}. Nothing was uploaded. Try again later, or set HF_ENDPOINT to another hub.`
      : `The upload to ${repo} broke off (${why}). Nothing of it shows there yet, and large files that arrived whole are kept: the same command goes on.`,
    because,
  );
}

/** What the hub said, without the address and the request's number that the library puts behind it. */
const saidBy = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message.replace(/\. URL: [\s\S]*$/, '.') : String(thrown);
