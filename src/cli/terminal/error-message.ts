import { inspect } from 'node:util';
import { type ErrorCode, messageOf, VdaError } from '../../base/error.ts';
import { sanitize } from '../../base/sanitize.ts';
import { withFlags } from '../../options/names.ts';
import { wrap } from '../args/wrap.ts';

/** Operating-system errors that have a plain meaning. */
const systemErrors: Readonly<Record<string, { readonly code: ErrorCode; readonly means: string }>> = {
  ENOENT: { code: 'not-found', means: 'there is no such file or folder' },
  ENOTDIR: { code: 'not-found', means: 'a part of the path is not a folder' },
  EISDIR: { code: 'bad-input', means: 'expected a file, got a folder' },
  EACCES: { code: 'bad-input', means: 'permission denied' },
  EPERM: { code: 'bad-input', means: 'permission denied' },
  EROFS: { code: 'bad-input', means: 'the file system is read-only' },
  ENOSPC: { code: 'no-space', means: 'the disk is full' },
  EDQUOT: { code: 'no-space', means: 'the disk quota is used up' },
  EMFILE: { code: 'bad-input', means: 'too many open files; raise the limit (ulimit -n)' },
};

/** What to print for something thrown, and the exit code: 2 for wrong usage, else 1. */
export interface ErrorReport {
  readonly text: string;
  readonly exitCode: 1 | 2;
}

/**
 * Turns anything thrown into a paragraph for the terminal, cleaned of control characters. Stack traces and causes
 * only with `debug`.
 */
export function errorReport(
  thrown: unknown,
  options: { readonly width: number; readonly debug: boolean },
): ErrorReport {
  const lines = wrap(`error: ${sanitize(bounded(explain(thrown)), { keep: '\n' })}`, options.width);
  const text = options.debug
    ? `${lines.join('\n')}\n\n${sanitize(inspect(thrown), { keep: '\n' })}\n`
    : `${lines.join('\n')}\n`;
  return { text, exitCode: thrown instanceof VdaError && thrown.code === 'usage' ? 2 : 1 };
}

/** The message of anything that was thrown, with the arguments it names as flags. */
export const flaggedMessageOf = (thrown: unknown): string =>
  thrown instanceof VdaError ? withFlags(thrown.marked) : messageOf(thrown);

/** Characters of a message: a paragraph or a list of mistakes, whatever found its way into it. */
const longest = 4000;

const bounded = (message: string): string =>
  message.length <= longest
    ? message
    : `${message.slice(0, longest)}… (${message.length - longest} more characters; --debug shows all)`;

function explain(thrown: unknown): string {
  if (thrown instanceof VdaError) {
    const message = flaggedMessageOf(thrown);
    return thrown.code === 'internal' ? `${message}\n${bugNote}` : message;
  }
  const { code, path } = (thrown ?? {}) as { code?: unknown; path?: unknown };
  const known = typeof code === 'string' ? systemErrors[code] : undefined;
  if (known) return `${typeof path === 'string' ? `${path}: ` : ''}${known.means} (${code}).`;
  return `${messageOf(thrown)}\n${bugNote}`;
}

const bugNote =
  'This was not foreseen and is likely a bug in vda. Run again with --debug and report what it says, with vda env.';
