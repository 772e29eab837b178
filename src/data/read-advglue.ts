import { argument, VdaError } from '../base/error.ts';
import { excerptList, quotedExcerpt } from '../base/excerpt.ts';
import { parseJson } from '../base/parse-json.ts';
import type { AdversarialText, AdversarialTexts } from './adversarial-text.ts';
import { chooseColumns } from './columns.ts';
import { readTextFile } from './text-file.ts';

const nli = ['entailment', 'neutral', 'contradiction'] as const;
const entailed = ['entailment', 'not_entailment'] as const;

/** What the numbers of a task's labels mean. Source: GLUE, as Hugging Face datasets gives it out. */
const classes: Readonly<Record<string, readonly string[]>> = {
  sst2: ['negative', 'positive'],
  qqp: ['not_duplicate', 'duplicate'],
  ...{ mnli: nli, 'mnli-mm': nli, qnli: entailed, rte: entailed },
};

/**
 * Reads adversarial texts as AdvGLUE gives them out (`dev.json`): an object of lists by task, each of records with texts and
 * class number, without the originals.
 *
 * Source: Wang et al. 2021, arXiv:2111.02840; adversarialglue.github.io.
 * @param p.task one of those in the file; needed where it has several
 * @throws VdaError `bad-input` for a file that is no such object; `usage` for a task that it does not have, or none of several
 */
export function readAdvGlue(
  path: string,
  { task }: { readonly task?: string | undefined } = {},
): AdversarialTexts {
  const tasks = tasksOf(path);
  const names = Object.keys(tasks);
  const chosen = task ?? (names.length === 1 ? names[0]! : undefined);
  const records = chosen !== undefined && Object.hasOwn(tasks, chosen) ? tasks[chosen] : undefined;
  if (records === undefined) {
    const got = task === undefined ? 'none was named' : `got ${quotedExcerpt(task)}`;
    throw new VdaError(
      'usage',
      `${path} has the tasks ${excerptList(names)}: name the one to be answered (${argument('replayTask')}); ${got}.`,
    );
  }
  const columns = [...new Set(records.flatMap((record) => Object.keys(record)))];
  const { text, textPair, label } = chooseColumns(columns, { path: `${path}, ${chosen}` });
  const texts = records.map((record, id): AdversarialText => {
    const field = (name: string): string => {
      const value = record[name];
      if (typeof value === 'string' || typeof value === 'number') return String(value);
      throw new VdaError(
        'bad-input',
        `${path}, ${chosen}, record ${id + 1}: ${quotedExcerpt(name)} is missing or is neither text nor a number.`,
      );
    };
    return {
      ...{ id, line: id + 1, label: field(label), text: field(text) },
      ...(textPair !== undefined && { textPair: field(textPair) }),
    };
  });
  return {
    texts,
    labels: Object.hasOwn(classes, chosen!) ? classes[chosen!] : undefined,
    remarks: [
      `${path}, ${chosen}: adversarial texts without their originals; Ori Acc and Att Acc are both the accuracy on them.`,
    ],
  };
}

type Fields = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function tasksOf(path: string): Readonly<Record<string, readonly Fields[]>> {
  const problem = (what: string) =>
    new VdaError(
      'bad-input',
      `${path} holds no adversarial texts as AdvGLUE has them: ${what}. Expected {"sst2": [{"sentence": "…", "label": 0}, …], …}.`,
    );
  let value: unknown;
  try {
    value = parseJson(readTextFile(path).text);
  } catch (thrown) {
    if (thrown instanceof VdaError && thrown.code === 'not-found') throw thrown;
    throw problem('it is not JSON');
  }
  if (!isObject(value)) throw problem('it is no object');
  const tasks = Object.entries(value).filter(
    (entry): entry is [string, Fields[]] =>
      Array.isArray(entry[1]) && entry[1].length > 0 && entry[1].every(isObject),
  );
  if (tasks.length === 0) throw problem('it has no list of records');
  return Object.fromEntries(tasks);
}
