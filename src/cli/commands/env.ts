import { sanitize } from '../../base/sanitize.ts';
import type { envSpec } from '../../options/env.ts';
import { textWidth, twoColumns } from '../args/wrap.ts';
import type { Run } from '../command.ts';
import { environment } from '../terminal/environment.ts';

/** Prints versions, machine and settings as text or JSON. */
export const run: Run<typeof envSpec> = async (options, io) => {
  const facts = await environment(io.env, async () =>
    (await import('../../runtime/node/backends.ts')).backends(),
  );
  if (options.json) {
    io.stdout.write(`${JSON.stringify(facts, null, 2)}\n`);
    return;
  }
  const width = textWidth(io.stdout.columns);
  const blocks = Object.entries(facts)
    .filter(([, section]) => Object.keys(section).length > 0)
    .map(([title, section]) => {
      const rows = Object.entries(section).map(([name, value]) => [name, sanitize(value)] as const);
      return [`${title}:`, ...twoColumns(rows, { width })];
    });
  io.stdout.write(`${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`);
};
