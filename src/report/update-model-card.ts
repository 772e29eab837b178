import { type Document, isMap, isSeq, parseDocument } from 'yaml';
import { messageOf, VdaError } from '../base/error.ts';
import { escapeMarkdown } from '../base/escape-markdown.ts';
import { sanitize } from '../base/sanitize.ts';
import {
  attackResult,
  type CardRow,
  isAttackResult,
  robustnessSection,
  withSection,
} from './card-robustness.ts';

/** What the hub takes for front matter: a block at the very beginning. */
const frontMatter = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)(?<=\n)---[ \t]*(?:\r?\n|$)/;

/**
 * A model card, with what attacks left of the model's accuracy: the robustness section, and in the `model-index` an entry an
 * attack. Both take the place of what vda wrote there before; every other entry, key, comment and line stays as a person left it.
 *
 * @param card the text of `README.md`; an empty one becomes a card of the title and the attacks
 * @param p.name the model, as the card calls it
 * @throws VdaError `bad-input` where the front matter is no YAML, its `model-index` is not in the hub's form, or one mark of the
 *   section stands without the other
 */
export function updateModelCard(
  card: string,
  p: { readonly name: string; readonly rows: readonly CardRow[]; readonly path: string },
): string {
  const { name, rows, path } = p;
  const [whole = '', matter = ''] = frontMatter.exec(card) ?? [];
  const text = card.slice(whole.length);
  const body = text.trim() === '' ? `\n# ${escapeMarkdown(name)}\n` : text;
  const attackedOn = 'the attacked texts';
  const updated = withSection(body, robustnessSection(rows, { attackedOn }));
  if (updated === undefined) {
    throw new VdaError(
      'bad-input',
      `${path}: of the two marks around its robustness section one is missing, or they stand in the wrong order. Put it back, or remove both with what lies between.`,
    );
  }
  const results = rows.map((row) => attackResult(row, { attackedOn }));
  return `---\n${withResults(matter, { name, results, path })}---\n${updated}`;
}

function withResults(
  matter: string,
  p: { readonly name: string; readonly results: readonly object[]; readonly path: string },
): string {
  const { name, results, path } = p;
  const document = parseDocument(matter);
  const problem = document.errors[0] ?? unreadable(document);
  if (problem !== undefined) {
    throw new VdaError(
      'bad-input',
      `${path}: its front matter, between the two lines of ---, is not valid YAML: ${firstLine(problem)}. Correct it.`,
    );
  }
  const notInForm = (what: string) =>
    new VdaError('bad-input', `${path}: its front matter is not in the hub's form: ${what}. Correct it.`);
  if (document.contents === null) {
    document.contents = document.createNode({
      pipeline_tag: 'text-classification',
      library_name: 'transformers',
      tags: ['vda', 'robustness', 'adversarial-robustness', 'text-classification'],
    }) as never;
  }
  if (!isMap(document.contents)) throw notInForm('expected keys with values');
  if (!document.has('model-index')) document.set('model-index', document.createNode([]));
  const index = document.get('model-index');
  if (!isSeq(index)) throw notInForm('expected a list as model-index');
  if (index.items.length === 0) {
    index.flow = false;
    index.add(document.createNode({ name: sanitize(name), results: [] }));
  }
  const [model] = index.items;
  const list = isMap(model) ? model.get('results') : undefined;
  if (!isSeq(list)) throw notInForm('expected a list as results of the first entry of model-index');
  list.flow = false;
  list.items = list.items.filter((item) => !isMap(item) || !isAttackResult(item.toJS(document)));
  for (const result of results) list.add(document.createNode(result));
  return document.toString({ lineWidth: 0 });
}

/** What only reading values finds: an alias of nothing, or so many that they would fill the memory. */
function unreadable(document: Pick<Document, 'toJS'>): unknown {
  try {
    document.toJS();
    return undefined;
  } catch (thrown) {
    return thrown;
  }
}

/** What a YAML parser says first; the lines after it draw the place. */
const firstLine = (problem: unknown): string => messageOf(problem).split('\n')[0]!.replace(/[:.]$/, '');
