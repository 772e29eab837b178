import { messageOf, VdaError } from '../base/error.ts';
import { isHeaderValue } from '../base/header-value.ts';
import type { HubSettings } from './hub-settings.ts';

/**
 * How the functions of `@huggingface/hub` reach the hub.
 * @throws VdaError `usage` for a token that is none, and for an endpoint that is no address, or comes with a secret
 */
export function hubAccess({ endpoint, token }: HubSettings, signal?: AbortSignal) {
  if (token !== undefined && !token.startsWith('hf_')) {
    throw new VdaError(
      'usage',
      'The token in HF_TOKEN (or the token file) must start with "hf_". Correct or unset it.',
    );
  }
  if (token !== undefined && !isHeaderValue(token)) {
    throw new VdaError(
      'usage',
      'The token in HF_TOKEN (or the token file) holds a space, a line end or another character that no token has. Copy it again.',
    );
  }
  return {
    hubUrl: endpoint,
    ...(token !== undefined && { accessToken: token }),
    ...(signal !== undefined && {
      fetch: ((input, init) => fetch(input, { ...init, signal })) satisfies typeof fetch,
    }),
  };
}

/** The status of a `HubApiError`, told by its shape: the library is loaded only when the network is used. */
export function statusOf(thrown: unknown): number | undefined {
  if (!(thrown instanceof Error) || !('statusCode' in thrown)) return undefined;
  return typeof thrown.statusCode === 'number' ? thrown.statusCode : undefined;
}

/** Whether the hub answered, and refused. */
export function isRefusal(status: number | undefined): status is number {
  return status !== undefined && status < 500 && status !== 429;
}

/** `fetch failed` says nothing; its cause does. */
export const reasonOf = (thrown: unknown): string =>
  (thrown instanceof Error && thrown.cause !== undefined
    ? messageOf(thrown.cause) || messageOf(thrown)
    : messageOf(thrown)
  ).replace(/\.+$/, '');

/** What to do about a token, where the hub refuses. */
export const tokenAdvice = ({ token }: HubSettings): string =>
  token === undefined ? 'no token was sent: set HF_TOKEN' : 'a token was sent: check that it may read it';
