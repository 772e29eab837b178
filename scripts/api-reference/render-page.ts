import type { EntryPoint, Exported, Named } from './read-api.ts';

/** A page of the reference. */
export interface ApiPage {
  /** File name in `docs/api`. */
  readonly name: string;
  readonly text: string;
}

const nameOf = (module: string) => `${module.replace('/', '-')}.md`;
const headingOf = ({ kind, name }: Exported) => `${kind} ${name}`;
const anchorOf = (one: Exported) => headingOf(one).toLowerCase().replace(' ', '-');

/** A page for each entry point, as Markdown. An export that an earlier one has, too, is told there alone. */
export function renderPages(entries: readonly EntryPoint[]): readonly ApiPage[] {
  const told = new Map<string, string>();
  for (const { module, exports } of entries) {
    for (const one of exports) {
      const key = keyOf(one);
      if (!told.has(key)) told.set(key, `${nameOf(module)}#${anchorOf(one)}`);
    }
  }
  const all = entries.flatMap(({ exports }) => exports);
  return entries.map((entry) => renderPage(entry, { told, all }));
}

/** What makes two exports the same. */
export const keyOf = ({ declaredIn, name }: Named): string => `${declaredIn}#${name}`;

function renderPage(
  { module, doc, exports }: EntryPoint,
  { told, all }: { readonly told: ReadonlyMap<string, string>; readonly all: readonly Exported[] },
): ApiPage {
  const name = nameOf(module);
  const here = (one: Exported) => told.get(keyOf(one))!.startsWith(`${name}#`);
  const linkOf = (one: Exported) => told.get(keyOf(one))!.replace(new RegExp(`^${name}(?=#)`), '');
  const links = new Map([...all, ...exports].map((one) => [one.name, linkOf(one)])); // its own last: they win
  const rows = exports.map(
    (one) => `| [\`${one.name}\`](${linkOf(one)}) | ${one.kind} | ${cell(firstSentence(one.doc))} |`,
  );
  const own = exports.filter(here);
  const text = [
    `# ${module}`,
    '<!-- Made by `npm run docs` from the doc comments of the sources; changes belong there. -->',
    prose(doc),
    ['| export | | |', '|---|---|---|', ...rows].join('\n'),
    ...own.map((one) => renderExport(one, links)),
  ].join('\n\n');
  return { name, text: `${text}\n` };
}

function renderExport(one: Exported, links: ReadonlyMap<string, string>): string {
  const code = one.declarations.join('\n');
  const mentioned = [...new Set(code.match(/\b[A-Za-z]\w+\b/g))]
    .filter((word) => word !== one.name && links.has(word))
    .sort();
  const parts = [
    `## ${headingOf(one)}`,
    prose(one.doc),
    tagsOf(one),
    `\`\`\`ts\n${code}\n\`\`\``,
    mentioned.map((word) => `[\`${word}\`](${links.get(word)})`).join(', '),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** What the tags say, a line each; those of parameters begin with the parameter. */
const tagsOf = ({ tags }: Exported): string =>
  tags
    .map(({ name, text }) => {
      const [, word, rest] = name === 'param' ? (/^(\S+)\s*([\s\S]*)$/.exec(text) ?? []) : [];
      const [lead, said] = word === undefined ? [name, text] : [`\`${word}\``, rest!];
      return `- ${lead}: ${prose(said).replaceAll(/\s*\n\s*/g, ' ')}`;
    })
    .join('\n');

/** A doc comment as Markdown: links by name as code, and no `<` that Markdown would take for HTML. */
const prose = (doc: string): string =>
  doc
    .replaceAll(/\{@link (\w+)\}/g, '`$1`')
    .split('\n')
    .map((line) =>
      /^ {4}/.test(line)
        ? line
        : line.replaceAll(/(`[^`]*`)|<(?=[a-z/])/gi, (all, code) => code ?? `\\${all}`),
    )
    .join('\n')
    .trim();

/** Up to the first full stop that ends a sentence, or the colon before a formula, within the first paragraph; empty where there is neither. */
export const firstSentence = (doc: string): string =>
  /^.*?(?:(?<!\bet al)\.(?=\s|$)|:$)/s.exec(doc.split('\n\n')[0]!)?.[0].replaceAll(/\s+/g, ' ') ?? '';

const cell = (text: string): string => prose(text).replaceAll('|', '\\|');
