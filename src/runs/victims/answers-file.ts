import { existsSync, openSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { keyOf } from '../../attacks/services/row-memo.ts';
import type { Logits, Probabilities } from '../../attacks/victim.ts';
import type { KnownRows } from '../../attacks/victims/ask-in-parts.ts';
import { messageOf, VdaError } from '../../base/error.ts';
import type { Part } from '../../base/part.ts';
import { attemptWrite, cannotBeAddedTo } from '../../files/attempt-write.ts';
import { contentHash } from '../../files/content-hash.ts';
import { writeBytes } from '../../files/file-bytes.ts';
import { makeFolder } from '../../files/make-folder.ts';

/** What a victim has answered so far, on disk. */
export interface AnswersFile {
  readonly path: string;
  /** The labels of its rows in order; absent where nothing was answered yet. */
  readonly labels?: readonly string[] | undefined;
  /** Texts that it has rows of. */
  readonly size: number;
  /** The rows, to be added to. @throws VdaError `no-space` or `bad-input` where the file cannot be added to */
  open(labels: readonly string[]): KnownRows;
}

/** Where no folder is given: answers are known as long as the process lasts. */
export function answersInMemory(): AnswersFile {
  const rows = new Map<string, Logits | Probabilities>();
  return {
    ...{ path: '', size: 0 },
    open: () => ({
      get: (input) => rows.get(keyOf(input)),
      add: (input, row) => {
        rows.set(keyOf(input), row);
      },
    }),
  };
}

const headShape = z.object({ format: z.literal(1), labels: z.array(z.string()).min(2) });
const rowShape = z.object({ sha256: z.string().length(64), row: z.array(z.number()) });

/**
 * A cache of a victim's answers: `victim-<its identity>.jsonl`, its labels and then a line a text, by SHA-256 of the text.
 * Lines are only added. One that was cut short by a crash, or damaged, costs its own text alone. Several processes may add to
 * one file, for a line is written whole.
 *
 * @param p.victim what tells the victim from every other
 */
export async function readAnswersFile(
  folder: string,
  { victim }: { readonly victim: Part },
): Promise<AnswersFile> {
  const path = join(folder, `victim-${contentHash(JSON.stringify(victim)).slice(0, 12)}.jsonl`);
  const rows = new Map<string, Logits | Probabilities>();
  let labels: readonly string[] | undefined;
  for (const line of await linesOf(path)) {
    labels ??= headShape.safeParse(line).data?.labels;
    const { data } = rowShape.safeParse(line);
    if (data !== undefined && data.row.length === labels?.length) rows.set(data.sha256, data.row);
  }
  return {
    ...{ path, labels, size: rows.size },
    open: (own) => {
      const add = adder(path);
      // What a crash left of a line must not become part of the next one.
      add(labels === undefined ? `\n${JSON.stringify({ format: 1, victim, labels: own })}\n` : '\n');
      const hashOf = (input: Parameters<typeof keyOf>[0]) => contentHash(keyOf(input));
      return {
        get: (input) => rows.get(hashOf(input)),
        add: (input, row) => {
          const sha256 = hashOf(input);
          rows.set(sha256, row);
          add(`${JSON.stringify({ sha256, row: Array.from(row) })}\n`);
        },
      };
    },
  };
}

async function linesOf(path: string): Promise<readonly unknown[]> {
  if (!existsSync(path)) return [];
  const values: unknown[] = [];
  try {
    const file = await open(path);
    for await (const line of file.readLines()) {
      try {
        values.push(JSON.parse(line));
      } catch {
        // cut short or damaged: its text is asked again
      }
    }
  } catch (thrown) {
    throw new VdaError('bad-input', `${path} could not be read: ${messageOf(thrown)}.`, { cause: thrown });
  }
  return values;
}

function adder(path: string): (line: string) => void {
  const attempt = <T>(work: () => T): T => attemptWrite(work, (reason) => cannotBeAddedTo(path, reason));
  const file = attempt(() => {
    makeFolder(dirname(path));
    return openSync(path, 'a');
  });
  return (line) => attempt(() => writeBytes(file, Buffer.from(line)));
}
