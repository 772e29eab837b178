import { probabilitiesOf } from '../base/probabilities-of.ts';
import { originalText, renderText } from '../text/edited-text.ts';
import { wordsOf } from '../text/words.ts';
import { predicted } from './goal/goal.ts';
import type { AttackRecipe } from './recipe.ts';
import type { AttackRecord } from './record.ts';
import type { EndedAttack } from './search/attack-many.ts';
import type { Logits } from './victim.ts';

/**
 * The line of `results.jsonl` for an attack that has ended. Probabilities and scores are rounded to 6 decimals, logits to 7 digits,
 * seconds to 4. Where the model never answered (an error at the clean text) predictions are empty strings.
 *
 * @param labels names of the classes
 * @param recipe the attack's: says which words of a pair are counted
 */
export function toRecord(
  { example, outcome, seconds }: EndedAttack,
  {
    labels,
    recipe,
  }: { readonly labels: readonly string[]; readonly recipe: Pick<AttackRecipe, 'countsContext'> },
): AttackRecord {
  const { text, changes, originalRow, finalRow, confirmed, members, message } = outcome;
  const nameOf = (row: Logits) => (row.length === 0 ? '' : labels[predicted(row)]!);
  const rounded = (row: Logits) => probabilitiesOf(row).map((value) => round(value, 6));
  const attacked = originalText(text);
  return {
    id: example.id,
    status: outcome.status,
    label: labels[example.label]!,
    originalPrediction: nameOf(originalRow),
    originalProbabilities: rounded(originalRow),
    ...(originalRow.length > 0 && {
      originalLogits: Array.from(originalRow, (z) => Number(z.toPrecision(7))),
    }),
    finalPrediction: nameOf(finalRow),
    finalProbabilities: rounded(finalRow),
    ...(example.textPair === undefined ? { text: attacked } : { text: example.text, textPair: attacked }),
    adversarialText: renderText(text),
    changes: changes.map((change) => ({ ...change, score: round(change.score, 6) })),
    words: outcome.words + (recipe.countsContext ? wordsOf(text.context ?? '').length : 0),
    queries: outcome.queries,
    seconds: round(seconds, 4),
    ...(confirmed !== undefined && { confirmed }),
    ...(members !== undefined && { members }),
    ...(Object.keys(outcome.rejections).length > 0 && { rejections: outcome.rejections }),
    ...(message !== undefined && { message }),
  };
}

const round = (value: number, decimals: number): number => Number(value.toFixed(decimals));
