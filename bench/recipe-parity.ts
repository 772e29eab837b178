/**
 * Attacks texts with each recipe and writes what oracles/attack_recipes.py needs to repeat them in TextAttack: the candidates of
 * every word that was visited, and how each attack ended.
 *
 *     node scripts/ts.mjs bench/recipe-parity.ts CLASSIFIER MLM test.tsv OUT.json [EXAMPLES=50] [NEIGHBOURS.json]
 *
 * Where several candidates of a word flip the prediction TextAttack takes the largest fall, for lack of a sentence encoder:
 * `TextAttack's choice` is the recipe with that rule, and PWWS asks each word's candidates again; `own` is the recipe as it is.
 */

import { writeFileSync } from 'node:fs';
import type { AttackRecipe } from '../src/attacks/recipe.ts';
import type { RecipeName } from '../src/attacks/recipes/index.ts';
import { attackMany } from '../src/attacks/search/attack-many.ts';
import { greedyByImportance } from '../src/attacks/search/greedy-by-importance.ts';
import { hiding, type Ranking } from '../src/attacks/search/importance.ts';
import type { SearchRule } from '../src/attacks/search/search-rule.ts';
import { weightedSaliency } from '../src/attacks/search/weighted-saliency.ts';
import { drawExamples } from '../src/data/draw-examples.ts';
import { loadDataset } from '../src/data/load-dataset.ts';
import { victimOf } from '../src/inference/victim-of.ts';
import { createClassifier, createMaskedLm } from '../src/node-inference.ts';
import { loadClassifier } from '../src/pretrained/load-classifier.ts';
import { loadMaskedLm } from '../src/pretrained/load-masked-lm.ts';
import { loadRecipe } from '../src/runs/lexica/load-recipe.ts';
import { renderText } from '../src/text/edited-text.ts';

const [classifierFolder, mlmFolder, data, out, count = '50', neighbours] = process.argv.slice(2) as [
  ...[string, string, string, string],
  string?,
  string?,
];
const model = await loadClassifier(classifierFolder);
const classifier = await createClassifier(model, { numThreads: 1 });
const maskedLm = createMaskedLm(await loadMaskedLm(mlmFolder), { numThreads: 1 });
const victim = victimOf(classifier);
const examples = drawExamples(loadDataset(data, { labels: classifier.labels }), { count: Number(count) });
const lexicon = neighbours === undefined ? {} : { similarity: [neighbours] };

const rankings: Readonly<Partial<Record<RecipeName, Ranking>>> = {
  'bert-attack': hiding('unk'),
  textfooler: hiding('nothing'),
  pwws: weightedSaliency,
  deepwordbug: hiding('unk'),
  textbugger: hiding('nothing'),
  bae: hiding('nothing'),
};

/** By text, its words one space apart, then by word: what was asked there. */
type Candidates = Record<string, Record<number, readonly string[]>>;

/** A search whose candidates are written down; words that are hidden are none. */
const recorded = (search: SearchRule, candidates: Candidates): SearchRule => ({
  ...search,
  run: (tools) =>
    search.run({
      ...tools,
      rowsOf: (edits, of, stopAt) => {
        const text = renderText(of.text).trim().split(/\s+/).join(' ');
        candidates[text] ??= {};
        for (const index of new Set(edits.map(({ start }) => start))) {
          const words = edits.filter(
            ({ start, to }) => start === index && to !== '' && to !== victim.unkToken,
          );
          if (words.length > 0) candidates[text][index] = words.map(({ to }) => to);
        }
        return tools.rowsOf(edits, of, stopAt);
      },
    }),
});

async function endings(recipe: AttackRecipe) {
  const found: Record<number, { status: string; text: string; queries: number; changed: number }> = {};
  for await (const { example, outcome } of attackMany(examples, { victim, maskedLm, recipe })) {
    const { status, text, queries, changes } = outcome;
    found[example.id] = { status, text: renderText(text), queries, changed: changes.length };
  }
  return found;
}

const texts = examples.map(({ id, text, label }) => ({ id, text, label }));
const recipes: Record<string, unknown> = {};
for (const [name, ranking] of Object.entries(rankings) as [RecipeName, Ranking][]) {
  const recipe = loadRecipe(name, name === 'textfooler' || name === 'textbugger' ? lexicon : {});
  const candidates: Candidates = {};
  const search = recorded(greedyByImportance({ ranking, asks: 'all-for-largest-fall' }), candidates);
  recipes[name] = {
    "TextAttack's choice": await endings({ ...recipe, search }),
    own: await endings(recipe),
    candidates,
  };
  process.stdout.write(`${name}\n`);
  writeFileSync(out, JSON.stringify({ texts, recipes }));
}
await Promise.all([classifier.release(), maskedLm.release()]);
process.exit(0);
