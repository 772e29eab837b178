import { stringify } from 'yaml';
import { type ResultRow, resultColumns } from '../attacks/result-row.ts';
import { renderTable } from '../attacks/results-table.ts';
import { escapeMarkdown } from '../base/escape-markdown.ts';
import { sanitize } from '../base/sanitize.ts';

/** What a model card says; nothing is guessed. */
export interface ModelCardInput {
  /** Name of the model, as title. */
  readonly name: string;
  /** The checkpoint it was fine-tuned from: a hub name, which goes into the front matter too, or a path. */
  readonly baseModel?: string;
  /** Whether `baseModel` is a folder, whatever it looks like: `models/minilm` is also how the hub spells names. */
  readonly baseIsFolder?: boolean;
  /** SPDX name; left out where unknown. */
  readonly license?: string;
  /** ISO 639-1 codes. */
  readonly languages?: readonly string[];
  /** Name of the data set, for people. */
  readonly dataset: string;
  /** Label names in the order of their indices. */
  readonly labels: readonly string[];
  /** E.g. `vda`, `freelb + vda`. */
  readonly method: string;
  /** The command that trained it. */
  readonly command: string;
  /** Its options that are worth reading, by name. */
  readonly options: Readonly<Record<string, string | number | boolean>>;
  /** Accuracy on held-out examples, a fraction in [0, 1]. */
  readonly evalAccuracy?: number;
  /** Attacks on this model, and for comparison on others. The rows whose name is `name` go into the front matter. */
  readonly rows: readonly ResultRow[];
  /** Longest input, in tokens. */
  readonly maxTokens?: number;
  /** Whether the folder has `onnx/model.onnx`, which transformers.js needs. */
  readonly hasOnnx: boolean;
}

/**
 * `README.md` for a saved classifier in the form of a Hugging Face model card: YAML front matter with a
 * `model-index`, how robust it is (with 95 % intervals), how it was trained and how to use it, and its limits.
 *
 * Every given text is data: quoted in the YAML, escaped in the Markdown.
 */
export function modelCard(input: ModelCardInput): string {
  const sections = [title(input), robustness(input), training(input), usage(input), limits(input)];
  return `---\n${frontMatter(input)}---\n\n${sections.join('\n')}`;
}

/** `name` or `owner/name`; the hub refuses a card with any other base model. */
const hubName = /^[A-Za-z0-9][\w.-]*(\/[A-Za-z0-9][\w.-]*)?$/;

function frontMatter({
  name,
  baseModel,
  baseIsFolder = false,
  license,
  languages,
  dataset,
  evalAccuracy,
  rows,
}: ModelCardInput): string {
  const onHub = !baseIsFolder && baseModel !== undefined && hubName.test(baseModel);
  const own = rows.filter((row) => row.name === name);
  const metrics = [
    ...(evalAccuracy === undefined
      ? []
      : [{ type: 'accuracy', name: 'Accuracy', value: round(evalAccuracy) }]),
    ...own.flatMap((row) =>
      resultColumns
        .filter(({ key }) => Number.isFinite(row.metrics[key].value))
        .map(({ key, header }) => ({
          type: key,
          name: `${header} under ${sanitize(row.preset)}`,
          value: round(row.metrics[key].value),
        })),
    ),
  ];
  const result = {
    task: { type: 'text-classification' },
    dataset: { name: sanitize(dataset), type: 'custom' },
    metrics,
  };
  return stringify(
    {
      ...(license !== undefined && { license: sanitize(license) }),
      ...(languages !== undefined && { language: languages.map((code) => sanitize(code)) }),
      ...(onHub && { base_model: sanitize(baseModel) }),
      pipeline_tag: 'text-classification',
      library_name: 'transformers',
      tags: ['vda', 'robustness', 'adversarial-robustness', 'text-classification'],
      ...(metrics.length > 0 && { 'model-index': [{ name: sanitize(name), results: [result] }] }),
    },
    { lineWidth: 0 },
  );
}

/** Four decimals: more would claim a precision that no interval supports. */
const round = (value: number): number => Number(value.toFixed(4));

function title({ name, baseModel, dataset, labels, method }: ModelCardInput): string {
  const from = baseModel === undefined ? 'A classifier' : `${escapeMarkdown(baseModel)}, fine-tuned`;
  return `# ${escapeMarkdown(name)}

${from} on ${escapeMarkdown(dataset)} by vda. Method: ${escapeMarkdown(method)}. Classes: ${labels.map(escapeMarkdown).join(', ')}.
`;
}

function robustness({ rows }: ModelCardInput): string {
  if (rows.length === 0) return '## Robustness\n\nNot attacked yet: nothing is known of how robust it is.\n';
  const meanings = resultColumns.map(({ header, meaning }) => `${header}: ${meaning}`).join('; ');
  return `## Robustness

${renderTable(rows, 'markdown')}
${meanings}.
`;
}

function training({ command, options }: ModelCardInput): string {
  const lines = Object.entries(options).map(
    ([name, value]) => `| ${escapeMarkdown(name)} | ${escapeMarkdown(String(value))} |`,
  );
  const table = lines.length > 0 ? `\n| Option | Value |\n| :-- | :-- |\n${lines.join('\n')}\n` : '';
  return `## Training

${codeBlock('sh', command)}
${table}`;
}

function usage({ hasOnnx }: ModelCardInput): string {
  const javascript = hasOnnx
    ? `
In the browser or Node.js, with transformers.js:

${codeBlock(
  'js',
  `import { pipeline } from '@huggingface/transformers';

const classify = await pipeline('text-classification', 'FOLDER');
console.log(await classify('A film that stays with you.'));`,
)}
`
    : '';
  return `## Use

\`FOLDER\` is the folder of this file. On the command line:

${codeBlock('sh', 'echo "A film that stays with you." | vda predict --model FOLDER')}

In Python, with transformers:

${codeBlock(
  'python',
  `from transformers import pipeline

classify = pipeline('text-classification', model='FOLDER')
print(classify('A film that stays with you.'))`,
)}
${javascript}`;
}

function limits({ dataset, maxTokens }: ModelCardInput): string {
  const length =
    maxTokens === undefined ? '' : `- Text beyond ${maxTokens} tokens is cut off and has no influence.\n`;
  return `## Limits

- The numbers hold for the attacks named above, on ${escapeMarkdown(dataset)}. Other attacks (typing errors, rewritten
  sentences, an attacker who knows the weights) may succeed more often.
- The model may repeat what is unfair or wrong in its training texts.
${length}`;
}

/** A fenced block whose fence is longer than any run of back-ticks within. */
function codeBlock(language: string, code: string): string {
  const shown = sanitize(code, { keep: '\n' });
  const longest = Math.max(2, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${shown}\n${fence}`;
}
