import { messageOf, VdaError } from '../base/error.ts';
import type { HubSettings } from './hub-settings.ts';

/**
 * How the functions of `@huggingface/hub` reach the hub.
 * @throws VdaError `usage` for a token that is none
 */
export function hubAccess({ endpoint, token }: HubSettings, signal?: AbortSignal) {
  if (token !== undefined && !token.startsWith('hf_')) {
    throw new VdaError(
      'usage',
      'The token in HF_TOKEN (or the token file) must start with "hf_". Correct or unset it.',
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
  thrown instanceof Error && thrown.cause !== undefined
    ? messageOf(thrown.cause) || messageOf(thrown)
    : messageOf(thrown);

/** What to do about a token, where the hub refuses. */
export const tokenAdvice = ({ token }: HubSettings): string =>
  token === undefined ? 'no token was sent: set HF_TOKEN' : 'a token was sent: check that it may read it';
