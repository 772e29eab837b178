import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { messageOf, VdaError } from '../base/error.ts';
import { type RunRecord, runFile } from '../training/run-folder.ts';

/** What a report needs of a {@link RunRecord}. */
export type RunOrigin = Pick<RunRecord, 'command' | 'options' | 'versions' | 'data'>;

const origin = z.object({
  command: z.string(),
  options: z.record(z.string(), z.unknown()),
  versions: z.record(z.string(), z.string().optional()).default({}),
  data: z.record(z.string(), z.string()).default({}),
});

/**
 * Reads `run.json` of a run folder; undefined when it has none.
 * @throws VdaError `bad-input` when it is not a run record
 */
export function readRunRecord(folder: string): RunOrigin | undefined {
  const path = join(folder, runFile);
  if (!existsSync(path)) return undefined;
  try {
    return origin.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (thrown) {
    const reason = thrown instanceof z.ZodError ? z.prettifyError(thrown) : messageOf(thrown);
    throw new VdaError(
      'bad-input',
      `${path} does not say how this run was made: ${reason}. A report needs it as vda wrote it; move the file ` +
        'away to go without.',
    );
  }
}
