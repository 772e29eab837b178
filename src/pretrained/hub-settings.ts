import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { VdaError } from '../base/error.ts';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Where and how the hub is reached. */
export interface HubSettings {
  /** Folder of the cache, shared with Python programs. */
  readonly cache: string;
  /** Base URL, without a slash at the end. */
  readonly endpoint: string;
  readonly token?: string;
  /** True when the network must not be used. */
  readonly offline: boolean;
}

/**
 * Reads the environment variables that users of Hugging Face's Python libraries have set: the cache from
 * `HF_HUB_CACHE`, `HUGGINGFACE_HUB_CACHE`, `HF_HOME` or `XDG_CACHE_HOME`; the endpoint from `HF_ENDPOINT`; the token
 * from `HF_TOKEN`, `HUGGING_FACE_HUB_TOKEN`, or the file that `hf auth login` wrote; offline from
 * `HF_HUB_OFFLINE` or `TRANSFORMERS_OFFLINE`. An empty variable counts as not set.
 *
 * Source: huggingface_hub documentation, "Environment variables".
 * @throws VdaError `usage` for an endpoint that is no address, or comes with a secret: messages name it
 */
export function hubSettings(environment: Environment): HubSettings {
  const get = (...names: readonly string[]) => names.map((name) => environment[name]?.trim()).find(Boolean);
  const home = get('HF_HOME') ?? join(get('XDG_CACHE_HOME') ?? '~/.cache', 'huggingface');
  const token =
    get('HF_TOKEN', 'HUGGING_FACE_HUB_TOKEN') ?? readToken(get('HF_TOKEN_PATH') ?? join(home, 'token'));
  const endpoint = get('HF_ENDPOINT');
  if (endpoint !== undefined) checkEndpoint(endpoint);
  return {
    cache: expandHome(get('HF_HUB_CACHE', 'HUGGINGFACE_HUB_CACHE') ?? join(home, 'hub')),
    endpoint: (endpoint ?? 'https://huggingface.co').replace(/\/+$/, ''),
    ...(token && { token }),
    offline: ['HF_HUB_OFFLINE', 'TRANSFORMERS_OFFLINE'].some((name) =>
      /^(1|on|yes|true)$/i.test(get(name) ?? ''),
    ),
  };
}

function checkEndpoint(endpoint: string): void {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new VdaError('usage', 'HF_ENDPOINT is no address; expected http://… or https://….');
  if (url.username === '' && url.password === '' && url.search === '') return;
  throw new VdaError(
    'usage',
    `HF_ENDPOINT comes with a user, a password or a query, and messages would show it. Set it to ${url.origin}${url.pathname.replace(/\/+$/, '')}; a token goes into HF_TOKEN.`,
  );
}

const expandHome = (path: string) => path.replace(/^~(?=$|[/\\])/, () => homedir());

/** A missing token file only means that nobody logged in. */
function readToken(path: string): string | undefined {
  try {
    return readFileSync(expandHome(path), 'utf8').trim();
  } catch {
    return undefined;
  }
}
