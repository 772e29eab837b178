import { mayReplace, maySubstitute } from '../../src/attacks/constraints/constraint.ts';
import type { MaskFiller, Probabilities, Victim, WordFill } from '../../src/attacks/ports.ts';
import type { AttackRecipe } from '../../src/attacks/recipe.ts';
import type { WordChange } from '../../src/attacks/record.ts';
import type { Example } from '../../src/data/dataset.ts';

/** What the one-by-one algorithm found. */
export interface SequentialOutcome {
  readonly status: string;
  readonly adversarial: string;
  readonly changes: readonly WordChange[];
  readonly queries: number;
  readonly finalRow: Probabilities;
  /** Denominator of Perturb. */
  readonly words: number;
}

/**
 * BERT-Attack as plainly as it can be written: one example, one text at a time, in loops. The oracle for the
 * search in `src/attacks/search`, which shares calls among examples.
 */
export async function attackSequentially(
  example: Example,
  { recipe, victim, filler }: { recipe: AttackRecipe; victim: Victim; filler: MaskFiller },
): Promise<SequentialOutcome> {
  const label = example.label;
  const original = recipe
    .prepare(example.textPair ?? example.text)
    .split(/\s+/)
    .filter(Boolean);
  const words = [...original];
  const whole = original.join(' ');
  const seen = victim.wordsSeen?.(whole, example.textPair === undefined ? undefined : example.text);
  const counted = recipe.countsUnread ? words.length : Math.min(words.length, seen ?? words.length);
  const contextWords = example.textPair === undefined ? 0 : example.text.split(/\s+/).filter(Boolean).length;
  const changes: WordChange[] = [];
  const budget = recipe.queryBudget ?? Number.POSITIVE_INFINITY;
  let queries = 0;
  const ask = async (asked: readonly string[]): Promise<Probabilities> => {
    const text = asked.join(' ');
    const input = example.textPair === undefined ? { text } : { text: example.text, textPair: text };
    return (await victim.classify([input]))[0]!;
  };
  const winner = (row: Probabilities) => Array.from(row).indexOf(Math.max(...Array.from(row)));

  const clean = await ask(words);
  let finalRow = clean;
  const ended = (status: string): SequentialOutcome => ({
    status,
    adversarial: words.join(' '),
    changes,
    queries,
    finalRow,
    words: counted + (recipe.fidelity === 'official' ? contextWords : 0),
  });
  if (winner(clean) !== label) return ended('skipped');

  const mayChangeMore = () => recipe.mayChangeMore({ changed: changes.length, words: counted });
  if (counted === 0 || !mayChangeMore()) return ended('nothing-to-change');

  const scores: { index: number; score: number }[] = [];
  for (let index = 0; index < counted; index++) {
    const isScored = index < counted - 1 || recipe.scoresLastWord;
    if (queries >= budget && isScored) return ended('out-of-queries');
    if (queries < budget) queries++;
    if (!isScored) break;
    const hidden = await ask(original.with(index, victim.unkToken));
    scores.push({ index, score: recipe.importance({ clean, hidden, label }) });
  }
  scores.sort((a, b) => b.score - a.score || a.index - b.index);
  if (scores.length === 0) return ended('nothing-to-change');

  const context = example.textPair === undefined || recipe.fidelity === 'official' ? undefined : example.text;
  const asked = context === undefined ? { words: original } : { words: original, context };
  const fills = (await filler.fill([asked], { topK: recipe.topK }))[0]!;
  let hadCandidates = false;
  let resistance = clean[label]!;
  for (const { index } of scores) {
    if (!mayChangeMore()) return ended('failed');
    const from = original[index]!;
    let best: { to: string; row: Probabilities } | undefined;
    let last: { to: string; row: Probabilities } | undefined;
    let outOfQueries = false;
    for (const to of await candidates(from, fills[index]!)) {
      hadCandidates = true;
      outOfQueries = queries >= budget;
      if (outOfQueries) break;
      queries++;
      const row = await ask(words.with(index, to));
      last = { to, row };
      if (winner(row) !== label) {
        words[index] = to;
        finalRow = row;
        changes.push({ index, from, to, score: resistance - row[label]! });
        return ended('success');
      }
      if (row[label]! < (best?.row[label] ?? resistance)) best = last;
    }
    if (best !== undefined) {
      words[index] = best.to;
      finalRow = best.row;
      changes.push({ index, from, to: best.to, score: resistance - best.row[label]! });
      resistance = best.row[label]!;
    } else if (last !== undefined && recipe.keepsLastTried) {
      words[index] = last.to;
      finalRow = last.row;
    }
    if (outOfQueries) return ended('out-of-queries');
  }
  return ended(hadCandidates ? 'failed' : 'nothing-to-change');

  async function candidates(from: string, fill: WordFill): Promise<string[]> {
    const core = recipe.coreOf(from);
    if (!mayReplace(recipe.constraints, core)) return [];
    const proposed = recipe.transformation.propose({ word: from, fill, topK: recipe.topK }, filler);
    const tried: string[] = [];
    if (proposed.kind === 'words') tried.push(...proposed.words);
    else {
      const ranked: { ids: readonly number[]; loss: number }[] = [];
      for (const ids of proposed.sequences) ranked.push({ ids, loss: (await filler.loss([ids]))[0]! });
      ranked.sort((a, b) => a.loss - b.loss);
      tried.push(...ranked.map(({ ids }) => filler.textOf(ids)));
    }
    return tried.filter(
      (to) => to !== from && to.trim() !== '' && maySubstitute(recipe.constraints, [core, recipe.coreOf(to)]),
    );
  }
}
