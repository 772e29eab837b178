import { mayReplace, maySubstitute, type WordRule } from '../../src/attacks/constraints/constraint.ts';
import type { MaskedLanguageModel, WordCandidates } from '../../src/attacks/masked-lm.ts';
import type { AttackRecipe } from '../../src/attacks/recipe.ts';
import type { WordChange } from '../../src/attacks/record.ts';
import { substitutes } from '../../src/attacks/transformation/masked-words.ts';
import { officialSubstitutes } from '../../src/attacks/transformation/official-words.ts';
import type { Logits, Victim } from '../../src/attacks/victim.ts';
import { probabilitiesOf } from '../../src/base/probabilities-of.ts';
import type { Example } from '../../src/data/dataset.ts';

/** What the one-by-one algorithm found. */
export interface SequentialOutcome {
  readonly status: string;
  readonly adversarial: string;
  readonly changes: readonly WordChange[];
  readonly queries: number;
  readonly finalRow: Logits;
  /** Denominator of Perturb. */
  readonly words: number;
}

/**
 * BERT-Attack as plainly as it can be written: one example, one text at a time, in loops. The oracle for the
 * search in `src/attacks/search`, which shares calls among examples.
 */
export async function attackSequentially(
  example: Example,
  { recipe, victim, maskedLm }: { recipe: AttackRecipe; victim: Victim; maskedLm: MaskedLanguageModel },
): Promise<SequentialOutcome> {
  const label = example.label;
  const isOfficial = recipe.preset === 'official';
  const hidden = recipe.preset === 'paper' ? victim.maskToken! : victim.unkToken;
  const topK = Number(recipe.transformations[0]!.settings!.topK);
  const rate = Number(recipe.constraints[0]!.settings!.rate);
  const rules = recipe.constraints.slice(1) as readonly WordRule[];
  const original = recipe
    .prepare(example.textPair ?? example.text)
    .split(/\s+/)
    .filter(Boolean);
  const words = [...original];
  const whole = original.join(' ');
  const seen = victim.wordsSeen?.(whole, example.textPair === undefined ? undefined : example.text);
  const counted = isOfficial ? words.length : Math.min(words.length, seen ?? words.length);
  const contextWords = example.textPair === undefined ? 0 : example.text.split(/\s+/).filter(Boolean).length;
  const changes: WordChange[] = [];
  const budget = recipe.queryBudget ?? Number.POSITIVE_INFINITY;
  let queries = 0;
  const ask = async (asked: readonly string[]): Promise<Logits> => {
    const text = asked.join(' ');
    const input = example.textPair === undefined ? { text } : { text: example.text, textPair: text };
    const row = (await victim.classify([input]))[0]!;
    return victim.answers === 'logits'
      ? row
      : Array.from(row, (p) => Math.log(Math.max(p, Number.MIN_VALUE)));
  };
  /** What a search lowers: the margin; in the published code the probability of the true class. */
  const scoreOf = (row: Logits): number => {
    if (isOfficial) return probabilitiesOf(row)[label]!;
    return row[label]! - Math.max(...Array.from(row).filter((_, c) => c !== label));
  };
  const winner = (row: Logits) => Array.from(row).indexOf(Math.max(...Array.from(row)));

  const clean = await ask(words);
  let finalRow = clean;
  const ended = (status: string): SequentialOutcome => ({
    status,
    adversarial: words.join(' '),
    changes,
    queries,
    finalRow,
    words: counted + (isOfficial ? contextWords : 0),
  });
  if (winner(clean) !== label) return ended('skipped');

  const most = isOfficial ? Math.trunc(rate * counted) + 1 : Math.floor(rate * counted + 1e-9);
  const mayChangeMore = () => changes.length < most;
  if (counted === 0 || !mayChangeMore()) return ended('nothing-to-change');

  const scores: { index: number; score: number }[] = [];
  for (let index = 0; index < counted; index++) {
    const isScored = index < counted - 1 || !isOfficial;
    if (queries >= budget && isScored) return ended('out-of-queries');
    if (queries < budget) queries++;
    if (!isScored) break;
    const row = await ask(original.with(index, hidden));
    const to = winner(row);
    const rise = isOfficial && to !== label ? probabilitiesOf(row)[to]! - probabilitiesOf(clean)[to]! : 0;
    scores.push({ index, score: scoreOf(clean) - scoreOf(row) + rise });
  }
  scores.sort((a, b) => b.score - a.score || a.index - b.index);
  if (scores.length === 0) return ended('nothing-to-change');

  const context = example.textPair === undefined || isOfficial ? undefined : example.text;
  const asked = context === undefined ? { words: original } : { words: original, context };
  const answers = (await maskedLm.unmaskedCandidates([asked], { topK }))[0]!;
  let hadCandidates = false;
  let resistance = scoreOf(clean);
  for (const { index } of scores) {
    if (!mayChangeMore()) return ended('failed');
    const from = original[index]!;
    let best: { to: string; row: Logits } | undefined;
    let last: { to: string; row: Logits } | undefined;
    let outOfQueries = false;
    for (const to of await candidates(from, answers[index]!)) {
      hadCandidates = true;
      outOfQueries = queries >= budget;
      if (outOfQueries) break;
      queries++;
      const row = await ask(words.with(index, to));
      last = { to, row };
      if (winner(row) !== label) {
        words[index] = to;
        finalRow = row;
        changes.push({ index, from, to, score: resistance - scoreOf(row) });
        return ended('success');
      }
      if (scoreOf(row) < (best === undefined ? resistance : scoreOf(best.row))) best = last;
    }
    if (best !== undefined) {
      words[index] = best.to;
      finalRow = best.row;
      changes.push({ index, from, to: best.to, score: resistance - scoreOf(best.row) });
      resistance = scoreOf(best.row);
    } else if (last !== undefined && isOfficial) {
      words[index] = last.to;
      finalRow = last.row;
    }
    if (outOfQueries) return ended('out-of-queries');
  }
  return ended(hadCandidates ? 'failed' : 'nothing-to-change');

  async function candidates(from: string, answer: WordCandidates): Promise<string[]> {
    const core = recipe.coreOf(from);
    if (!mayReplace(rules, core)) return [];
    const p = { topK, vocabulary: maskedLm };
    let tried: readonly string[];
    if (isOfficial) {
      const search = officialSubstitutes(answer, p);
      let step = search.next();
      while (!step.done) {
        const losses: number[] = [];
        const { items } = step.value;
        for (let i = 0; i < items.length; i++)
          losses.push((await maskedLm.loss([items.at(i) as readonly number[]]))[0]!);
        step = search.next(losses);
      }
      tried = step.value;
    } else {
      tried = substitutes(from, { answer, ...p });
    }
    return tried.filter(
      (to) => to !== from && to.trim() !== '' && maySubstitute(rules, [core, recipe.coreOf(to)]),
    );
  }
}
