import { escapeMarkdown } from '../base/escape-markdown.ts';
import { sanitize } from '../base/sanitize.ts';
import type { MeasureName } from '../evaluation/metrics.ts';
import { settingsLine } from '../runs/settings-line.ts';
import { markdownTable } from './markdown-table.ts';
import type { ReportRow } from './report-input.ts';
import {
  formatEstimate,
  intervalsSaid,
  provenanceLine,
  type ResultRow,
  resultColumns,
} from './result-row.ts';
import { modelWarnings, warningsOf } from './row-warnings.ts';

/** An attack as a model card shows it. */
export interface CardRow extends ResultRow, Pick<ReportRow, 'attacked'> {
  /** Where the words came from that the attack puts in: `WordNet`, `masked LM minilm`. */
  readonly lexicon?: string;
}

/** Lines around the part of a card that is written anew with every upload. */
const marks = {
  begin: '<!-- robustness: vda push writes anew what stands from here to the end mark -->',
  end: '<!-- robustness: end mark -->',
} as const;

/** How the metrics of a `model-index` are named: TextAttack's terms for the columns of the table. */
const published = {
  oriAcc: { type: 'original_accuracy', name: 'Original accuracy' },
  attAcc: { type: 'accuracy_under_attack', name: 'Accuracy under attack' },
  successRate: { type: 'attack_success_rate', name: 'Attack success rate' },
  qNum: { type: 'average_number_of_queries', name: 'Average number of queries' },
  perturb: { type: 'average_perturbed_words', name: 'Average proportion of words perturbed' },
} as const satisfies Record<MeasureName, { readonly type: string; readonly name: string }>;

/** An entry of `results` in a `model-index`. */
export interface IndexedResult {
  readonly task: { readonly type: string };
  readonly dataset: { readonly name: string; readonly type: string; readonly split?: string };
  readonly metrics: readonly { readonly type: string; readonly name: string; readonly value: number }[];
}

/** Four decimals: more would claim a precision that no interval supports. */
export const roundMetric = (value: number): number => Number(value.toFixed(4));

/** An attack on a model, one entry: its measures, each under a name that says attack, profile and texts. */
export function attackResult(row: CardRow, { attackedOn }: { readonly attackedOn: string }): IndexedResult {
  const texts = sanitize(textsOf(row) ?? attackedOn);
  const under = `${sanitize(row.preset)}, ${sanitize(countOf(row))} of ${texts}`;
  return {
    task: { type: 'text-classification' },
    dataset: { name: texts, type: 'custom' },
    metrics: resultColumns
      .filter(({ key }) => Number.isFinite(row.metrics[key].value))
      .map(({ key }) => ({
        type: published[key].type,
        name: `${published[key].name}: ${under}`,
        value: roundMetric(row.metrics[key].value),
      })),
  };
}

/** Whether an entry of a `model-index`, of whatever origin, is one of {@link attackResult}. */
export function isAttackResult(entry: unknown): boolean {
  const metrics = (entry as { readonly metrics?: unknown } | null)?.metrics;
  if (!Array.isArray(metrics) || metrics.length === 0) return false;
  const types: readonly string[] = Object.values(published).map(({ type }) => type);
  return metrics.every((metric) => types.includes((metric as { readonly type: string } | null)?.type ?? ''));
}

/** The section between its marks: a table of attacks with intervals and what stands behind each row. */
export const robustnessSection = (
  rows: readonly CardRow[],
  p: { readonly attackedOn: string },
): string => `${marks.begin}
## Robustness

${rows.length === 0 ? beforeAttacks : attacksOf(rows, p)}
${marks.end}
`;

const beforeAttacks =
  'This card was written when training ended, before any attack. `vda push` puts the attacks on this model here.\n';

function attacksOf(rows: readonly CardRow[], { attackedOn }: { readonly attackedOn: string }): string {
  const several = new Set(rows.map(({ name }) => name)).size > 1;
  const words = [...(several ? ['Model'] : []), 'Attack', 'Profile', 'Words from', 'Texts'];
  const cells = rows.map((row) => [
    ...(several ? [escapeMarkdown(row.name)] : []),
    escapeMarkdown(row.attacked?.attack ?? row.preset),
    escapeMarkdown(row.attacked?.profile ?? '–'),
    escapeMarkdown(row.lexicon ?? '–'),
    escapeMarkdown(`${countOf(row)} of ${textsOf(row) ?? attackedOn}`),
    ...resultColumns.map(({ key, unit }) => formatEstimate(row.metrics[key], unit)),
  ]);
  const named = (row: CardRow) => (several ? `${row.name}: ` : '');
  const warnings = several ? warningsOf(rows) : modelWarnings(rows);
  const settings = rows.flatMap((row) =>
    row.provenance === undefined ? [] : [`${named(row)}${row.preset}: ${settingsLine(row.provenance)}`],
  );
  const texts = [...new Set(rows.map((row) => textsOf(row) ?? attackedOn))].map(escapeMarkdown).join(', ');
  return [
    ...warnings.map((warning) => `> ${escapeMarkdown(warning)}\n`),
    markdownTable([...words, ...resultColumns.map(({ header }) => header)], {
      rows: cells,
      left: words.length,
    }),
    '',
    `${resultColumns.map(({ header, meaning }) => `${header}: ${meaning}`).join('; ')}. ${intervalsSaid}`,
    '',
    ...rows.map((row) => `- ${escapeMarkdown(`${named(row)}${provenanceLine(row)}`)}`),
    '',
    `The numbers hold for the attacks named above, on ${texts}. Other attacks (typing errors, rewritten
sentences, an attacker who knows the weights) may succeed more often.`,
    ...(settings.length === 0
      ? []
      : [
          '\n<details><summary>All settings of the attacks</summary>\n',
          ...settings.map((one) => `- ${escapeMarkdown(one)}`),
          '\n</details>',
        ]),
    '',
  ].join('\n');
}

const textsOf = ({ provenance = [] }: CardRow): string | undefined =>
  provenance.find(({ name }) => name === 'data')?.called;

const countOf = ({ metrics }: CardRow): string =>
  metrics.examples === 1 ? '1 text' : `${metrics.examples} texts`;

/** The section of a card that was written before there were marks: nobody's words but vda's. */
const unmarked =
  /^## Robustness\n+(?:This card was written when training ended|Not attacked yet)[\s\S]*?(?=^## |(?![\s\S]))/m;

/**
 * The body of a card with its robustness section written anew; all else stays as it is, letter for letter. A card
 * without one gets it at its end.
 * @returns undefined where one mark stands without the other, and nobody knows what lies between them
 */
export function withSection(body: string, section: string): string | undefined {
  const [begin, end] = [lineAt(body, marks.begin), lineAt(body, marks.end)];
  if (begin !== undefined && end !== undefined && begin < end) {
    const after = body.indexOf('\n', end);
    return body.slice(0, begin) + section + (after < 0 ? '' : body.slice(after + 1));
  }
  if (begin !== undefined || end !== undefined) return undefined;
  if (unmarked.test(body)) return body.replace(unmarked, () => `${section}\n`);
  return `${body.trimEnd()}\n\n${section}`.trimStart();
}

/** Where a line begins that is this text alone. */
function lineAt(body: string, text: string): number | undefined {
  for (let at = body.indexOf(text); at >= 0; at = body.indexOf(text, at + 1)) {
    const isLine =
      (at === 0 || body[at - 1] === '\n') && /^[ \t]*\r?(?:\n|$)/.test(body.slice(at + text.length));
    if (isLine) return at;
  }
  return undefined;
}
