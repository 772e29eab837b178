import { type CatalogSection, catalog } from '../../options/catalog.ts';
import type { listSpec } from '../../options/list.ts';
import { textWidth, twoColumns } from '../args/wrap.ts';
import type { Run } from '../command.ts';

/** Prints the catalog, or one kind of it, as text or JSON. */
export const run: Run<typeof listSpec> = async (options, io) => {
  const all: Readonly<Record<string, CatalogSection>> = catalog;
  const sections = options.kind === undefined ? all : { [options.kind]: all[options.kind]! };
  if (options.json) {
    const entries = Object.entries(sections).map(([kind, section]) => [kind, section.entries]);
    io.stdout.write(`${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`);
    return;
  }
  const width = textWidth(io.stdout.columns);
  const blocks = Object.values(sections).map(({ title, option, entries }) => [
    `${title} (${option}):`,
    ...twoColumns(Object.entries(entries), { width }),
  ]);
  io.stdout.write(`${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`);
};
