import { stringify } from 'yaml';
import { escapeMarkdown } from '../base/escape-markdown.ts';
import { sanitize } from '../base/sanitize.ts';
import {
  attackResult,
  type CardRow,
  type IndexedResult,
  robustnessSection,
  roundMetric,
} from './card-robustness.ts';

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
  /** Name of the training texts, for people. */
  readonly dataset: string;
  /** Label names in the order of their indices. */
  readonly labels: readonly string[];
  /** E.g. `vda`, `freelb + vda`. */
  readonly method: string;
  /** The command that trained it. */
  readonly command: string;
  /** Its options that are worth reading, by name. */
  readonly options: Readonly<Record<string, string | number | boolean>>;
  /** Accuracy on texts that were not trained on, each under the name of its own data. */
  readonly evaluations?: readonly CardEvaluation[];
  /** Attacks on this model, and for comparison on others. The rows whose name is `name` go into the front matter. */
  readonly rows: readonly CardRow[];
  /** Name of the texts that were attacked, for people. */
  readonly attackedOn?: string;
  /** Tokens that a text was cut to in training. */
  readonly maxTokens?: number;
  /** Tokens the model has positions for. */
  readonly positions?: number;
  /** Whether the folder has `onnx/model.onnx`, which transformers.js needs. */
  readonly hasOnnx: boolean;
  /** Template of the prompt by which a masked language model classifies; transformers has no pipeline for one. */
  readonly prompt?: string;
}

/** How often a classifier was right on one data set. */
export interface CardEvaluation {
  /** `validation` texts may have chosen the checkpoint; `test` texts have decided nothing. */
  readonly role: 'validation' | 'test';
  /** Name of the texts, for people. */
  readonly dataset: string;
  /** A fraction in [0, 1]. */
  readonly accuracy: number;
  /** Likewise: of two classes the F1 of class 1, of several the mean over them. */
  readonly f1?: number;
}

/**
 * `README.md` for a saved classifier in the form of a Hugging Face model card: YAML front matter with a
 * `model-index`, how often it is right and how robust it is (with 95 % intervals), how it was trained and how to use it, and its
 * limits.
 *
 * Every given text is data: quoted in the YAML, escaped in the Markdown.
 */
export function modelCard(input: ModelCardInput): string {
  const sections = [
    title(input),
    accuracy(input),
    robustnessSection(input.rows, { attackedOn: input.attackedOn ?? unnamedTexts }),
    training(input),
    usage(input),
    limits(input),
  ];
  return `---\n${frontMatter(input)}---\n\n${sections.join('\n')}`;
}

const unnamedTexts = 'the attacked texts';

/** `name` or `owner/name`; the hub refuses a card with any other base model. */
const hubName = /^[A-Za-z0-9][\w.-]*(\/[A-Za-z0-9][\w.-]*)?$/;

function frontMatter({
  name,
  baseModel,
  baseIsFolder = false,
  license,
  languages,
  evaluations = [],
  rows,
  attackedOn = unnamedTexts,
  prompt,
}: ModelCardInput): string {
  const onHub = !baseIsFolder && baseModel !== undefined && hubName.test(baseModel);
  const results: readonly IndexedResult[] = [
    ...evaluations.map(({ role, dataset: texts, accuracy: value, f1 = Number.NaN }) => ({
      task: { type: 'text-classification' },
      dataset: { name: sanitize(texts), type: 'custom', split: role },
      metrics: [
        { type: 'accuracy', name: `Accuracy (${role})`, value: roundMetric(value) },
        ...(Number.isNaN(f1) ? [] : [{ type: 'f1', name: `F1 (${role})`, value: roundMetric(f1) }]),
      ],
    })),
    ...rows.filter((row) => row.name === name).map((row) => attackResult(row, { attackedOn })),
  ];
  return stringify(
    {
      ...(license !== undefined && { license: sanitize(license) }),
      ...(languages !== undefined && { language: languages.map((code) => sanitize(code)) }),
      ...(onHub && { base_model: sanitize(baseModel) }),
      pipeline_tag: 'text-classification',
      ...(prompt === undefined && { library_name: 'transformers' }), // whose snippet the hub would show
      tags: ['vda', 'robustness', 'adversarial-robustness', 'text-classification'],
      ...(results.length > 0 && { 'model-index': [{ name: sanitize(name), results }] }),
    },
    { lineWidth: 0, aliasDuplicateObjects: false },
  );
}

function title({ name, baseModel, dataset, labels, method }: ModelCardInput): string {
  const from = baseModel === undefined ? 'A classifier' : `${escapeMarkdown(baseModel)}, fine-tuned`;
  return `# ${escapeMarkdown(name)}

${from} on ${escapeMarkdown(dataset)} by vda. Method: ${escapeMarkdown(method)}. Classes: ${labels.map(escapeMarkdown).join(', ')}.
`;
}

const roles = {
  validation: 'validation, which may have chosen the checkpoint',
  test: 'test, which decided nothing',
} satisfies Record<CardEvaluation['role'], string>;

function accuracy({ evaluations = [] }: ModelCardInput): string {
  if (evaluations.length === 0) return '## Accuracy\n\nNot measured in training.\n';
  const lines = evaluations.map(
    ({ role, dataset, accuracy: value }) =>
      `| ${escapeMarkdown(dataset)} | ${roles[role]} | ${(100 * value).toFixed(1)} % |`,
  );
  return `## Accuracy\n\n| Texts | Role | Accuracy |\n| :-- | :-- | --: |\n${lines.join('\n')}\n`;
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

function usage(input: ModelCardInput): string {
  return `## Use

\`FOLDER\` is the folder of this file; of a model on the hub, its name there. On the command line:

${codeBlock('sh', 'echo "A film that stays with you." | vda predict --model FOLDER')}

${input.prompt === undefined ? elsewhere(input) : underPrompt(input.prompt)}`;
}

const underPrompt = (prompt: string): string =>
  `Other programs find a masked language model here. What it says of a text is what it puts at the mask of this sentence
(\`vda_prompt\` in \`config.json\`); their classifiers would start a head at random.

${codeBlock('text', prompt)}
`;

/** In programs that know nothing of vda. */
function elsewhere({ hasOnnx, maxTokens, positions }: ModelCardInput): string {
  const cut = maxTokens === undefined ? '' : `, max_length=${maxTokens}`;
  const javascript = hasOnnx
    ? `
In the browser or Node.js, with transformers.js:

${codeBlock(
  'js',
  [
    "import { env, pipeline } from '@huggingface/transformers';",
    '',
    'env.allowLocalModels = true; // a browser looks for FOLDER under env.localModelPath',
    "const classify = await pipeline('text-classification', 'FOLDER', { dtype: 'fp32' });",
    ...(maxTokens === undefined ? [] : [`classify.tokenizer.model_max_length = ${maxTokens};`]),
    "console.log(await classify('A film that stays with you.'));",
  ].join('\n'),
)}
`
    : '';
  const beyond = positions === undefined ? '' : ` of more than ${positions} tokens`;
  const read =
    maxTokens === undefined
      ? ''
      : `
In training texts were cut to ${maxTokens} tokens, special ones included. \`vda\` reads as many, up to the last word that fits
whole; the other snippets are told to, and cut between pieces of words${hasOnnx ? ', transformers.js with the closing special token' : ''}.
Without \`truncation\`, transformers stops with an error at texts${beyond}.
`;
  return `In Python, with transformers:

${codeBlock(
  'python',
  `from transformers import pipeline

classify = pipeline('text-classification', model='FOLDER', truncation=True${cut})
print(classify('A film that stays with you.'))`,
)}
${javascript}${read}`;
}

function limits({ maxTokens }: ModelCardInput): string {
  const length =
    maxTokens === undefined ? '' : `- Text beyond ${maxTokens} tokens is cut off and has no influence.\n`;
  return `## Limits

- Accuracy says nothing of attacks, nor of texts of another kind than those above.
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
