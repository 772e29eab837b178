import { ModelUnavailable, WrongAnswer } from '../../attacks/check-answers.ts';
import type { Attempt } from '../../attacks/victims/until-answered.ts';
import { messageOf, VdaError } from '../../base/error.ts';
import { excerpt } from '../../base/excerpt.ts';
import { parseJson } from '../../base/parse-json.ts';

export interface EndpointOptions {
  readonly url: URL;
  /** Bearer token. It goes into the header of requests and nowhere else: what a service repeats of it is struck out. */
  readonly token?: string | undefined;
  /** Milliseconds until a request is given up. */
  readonly timeout: number;
  /** Most bytes of an answer. Default 16 MiB. */
  readonly mostBytes?: number;
  readonly signal?: AbortSignal | undefined;
}

/** The texts of one request are refused (too long, say); other texts may not be. */
export class TextsRefused extends VdaError {
  constructor(message: string) {
    super('bad-input', message);
  }
}

/** Statuses of failures that may pass, beside those of the server (500 and up). */
const passing = new Set([408, 425, 429]);
/** Statuses of the server that stay: not implemented, another version of HTTP. */
const staying = new Set([501, 505]);
/** Statuses that are about what was sent. */
const aboutTexts = new Set([400, 413, 422]);
/** Longest that a service may ask to be left alone, in milliseconds. */
const longestWait = 3_600_000;

/**
 * One POST of JSON to a service, its JSON answer, or the failure that may pass: no connection, no answer in time, 408, 425, 429
 * and most of 5xx, with what `Retry-After` says.
 *
 * @throws ModelUnavailable where asking again is of no use (401, 404, a redirect, an hour's wait); TextsRefused for 400, 413 and
 * 422; WrongAnswer for what is no JSON, says another content type or is larger than `mostBytes`; the reason of `signal`
 */
export async function post(
  body: unknown,
  { url, token, timeout, mostBytes = 2 ** 24, signal }: EndpointOptions,
): Promise<Attempt<unknown>> {
  const where = addressOf(url);
  const shown = (text: string) => excerpt(token ? text.replaceAll(token, '***') : text, 160);
  // Not AbortSignal.any: on Node 20 each of its signals stays with the signal of the whole attack.
  const ended = new AbortController();
  let isLate = false;
  const stop = () => ended.abort();
  const timer = setTimeout(() => {
    isLate = true;
    stop();
  }, timeout);
  signal?.addEventListener('abort', stop, { once: true });
  try {
    signal?.throwIfAborted();
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json',
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
      redirect: 'manual',
      signal: ended.signal,
    });
    const text = await textOf(response, { mostBytes, where });
    if (response.ok) return { answer: jsonOf(text, { response, where, shown }) };
    return failureOf(response, { where, said: shown(text.trim()) });
  } catch (thrown) {
    if (signal?.aborted) throw signal.reason;
    if (thrown instanceof VdaError) throw thrown;
    if (isLate) return { passing: `no answer within ${timeout / 1000} s` };
    return { passing: shown(networkFailure(thrown)) };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}

/** An address without what may be secret in it. */
export const addressOf = ({ protocol, host, pathname }: URL): string => `${protocol}//${host}${pathname}`;

function failureOf(
  { status, statusText, headers }: Response,
  { where, said }: { readonly where: string; readonly said: string },
): Attempt<never> {
  const what = `${status} ${statusText}`.trim();
  const saying = `${where} answered ${what}${said === '' ? '' : `: ${said}`}`;
  if (passing.has(status) || (status >= 500 && !staying.has(status))) {
    const retryAfter = retryAfterOf(headers.get('retry-after'));
    if (retryAfter === undefined || retryAfter <= longestWait) return { passing: what, retryAfter };
    throw new ModelUnavailable(
      `${saying}. It asks to be left alone for ${Math.round(retryAfter / 1000)} s, which is too long to wait here.`,
    );
  }
  if (aboutTexts.has(status)) throw new TextsRefused(`${saying}. The victim refuses what it was asked.`);
  if (status >= 300 && status < 400) {
    throw new ModelUnavailable(`${saying}: it sends on to another address. Name that one.`);
  }
  const remedy =
    status === 401 || status === 403
      ? 'It wants other credentials: put its token into an environment variable, and name that.'
      : 'Check the address and which contract the service speaks.';
  throw new ModelUnavailable(`${saying}. ${remedy}`);
}

/** `Retry-After` in milliseconds: seconds, or a date. */
function retryAfterOf(header: string | null): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header.trim())) return 1000 * Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

async function textOf(
  response: Response,
  { mostBytes, where }: { readonly mostBytes: number; readonly where: string },
): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > mostBytes) {
      throw new WrongAnswer(
        `${where} answered more than ${mostBytes} bytes; expected scores for a few texts. Check that the address is a classifier's.`,
      );
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function jsonOf(
  text: string,
  p: { readonly response: Response; readonly where: string; readonly shown: (text: string) => string },
): unknown {
  const type = p.response.headers.get('content-type') ?? 'no content type';
  const begins = `It begins: ${p.shown(text.trim())}`;
  if (!/^application\/(?:[\w.-]+\+)?json\b/i.test(type)) {
    throw new WrongAnswer(`${p.where} answered ${p.shown(type)}; expected application/json. ${begins}`);
  }
  try {
    return parseJson(text);
  } catch (thrown) {
    const reason = /\b(?:NaN|-?Infinity)\b/.test(text)
      ? 'it holds NaN or Infinity, which JSON does not have'
      : messageOf(thrown);
    throw new WrongAnswer(`${p.where} answered what is no JSON: ${p.shown(reason)}. ${begins}`);
  }
}

/** `fetch failed` says nothing; its cause does. */
function networkFailure(thrown: unknown): string {
  const cause = thrown instanceof Error ? thrown.cause : undefined;
  if (cause instanceof AggregateError && cause.errors.length > 0) return messageOf(cause.errors[0]);
  return cause === undefined ? messageOf(thrown) : messageOf(cause);
}
