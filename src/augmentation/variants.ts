import { checkExamples } from '../attacks/check-arguments.ts';
import type { GoalRule } from '../attacks/goal/goal.ts';
import type { MaskedLanguageModel } from '../attacks/masked-lm.ts';
import type { AttackRecipe } from '../attacks/recipe.ts';
import { attackMany } from '../attacks/search/attack-many.ts';
import { candidatesAt, mayEditMore } from '../attacks/search/candidates.ts';
import type { SearchRule } from '../attacks/search/search-rule.ts';
import type { Victim } from '../attacks/victim.ts';
import { permutation, randomKey, randomStream } from '../base/random.ts';
import { checkSettings, isText, requireArgument, type SettingRules } from '../base/setting-rules.ts';
import type { Example } from '../data/dataset.ts';
import { renderText, withEdit } from '../text/edited-text.ts';

/** How texts are varied. */
export interface VariantOptions {
  /** Whose transformations and constraints propose the words; its search and its goal are not used. */
  readonly recipe: AttackRecipe;
  /** Needed where a part of the recipe asks it. */
  readonly maskedLm?: MaskedLanguageModel | undefined;
  readonly labels: readonly string[];
  /** Proportion of a text's words that are replaced, one at least. */
  readonly wordsToSwap: number;
  /** Variants to make of each text; where two come out alike, or nothing can be replaced, there are fewer. */
  readonly perExample: number;
  readonly seed: number;
  /** Told of each variant, made or not. */
  readonly onProgress?: (done: number) => void;
  readonly signal?: AbortSignal | undefined;
}

const variantRules = {
  wordsToSwap: { kind: 'number', above: 0, max: 1 },
  perExample: { kind: 'integer', min: 1 },
  seed: { kind: 'integer', min: 0 },
} as const satisfies SettingRules;

/**
 * Variants of texts by the means of an attack, without a model that is attacked: words are drawn, and in the place of each comes
 * one that is drawn from what the recipe's transformations propose and its constraints let through. Of a pair the second text
 * is varied. What is drawn depends on the seed, the example and the variant alone.
 *
 * Source: Morris et al. 2020, TextAttack (arXiv:2005.05909), its `Augmenter`: max(⌊p·n⌋, 1) of n words. Departure: each word is
 * drawn once, so a text whose words have no candidate ends.
 * @returns the variants of each example, by its id
 * @throws VdaError `usage` for a setting out of range; what `attackMany` throws; the reason of `signal`
 */
export async function variantsOf(
  examples: readonly Example[],
  options: VariantOptions,
): Promise<ReadonlyMap<number, readonly Example[]>> {
  const owner = 'variantsOf';
  checkExamples(owner, examples);
  checkSettings(owner, options, { rules: variantRules });
  const { recipe, maskedLm, labels, perExample, onProgress, signal } = options;
  const areNames = Array.isArray(labels) && labels.length > 0 && labels.every(isText);
  requireArgument(areNames, { owner, name: 'labels', expected: 'the names of the classes', got: labels });
  const found = new Map<number, { readonly variant: number; readonly example: Example }[]>();
  const jobs = examples.flatMap((example) =>
    Array.from({ length: perExample }, (_, variant) => ({ example, variant })),
  );
  const drawing = { ...recipe, goal: none, search: drawnWords(options) };
  const asked = jobs.map(({ example }, id) => ({ ...example, id }));
  let done = 0;
  for await (const { example: job, outcome } of attackMany(asked, {
    ...{ recipe: drawing, victim: nobody(labels), maskedLm },
  })) {
    signal?.throwIfAborted();
    onProgress?.(++done);
    if (outcome.status !== 'success') continue;
    const { example, variant } = jobs[job.id]!;
    const text = renderText(outcome.text);
    const varied = example.textPair === undefined ? { ...example, text } : { ...example, textPair: text };
    found.set(example.id, [...(found.get(example.id) ?? []), { variant, example: varied }]);
  }
  return new Map([...found].map(([id, variants]) => [id, distinct(variants)]));
}

function distinct(
  variants: readonly { readonly variant: number; readonly example: Example }[],
): readonly Example[] {
  const inOrder = variants.toSorted((a, b) => a.variant - b.variant).map(({ example }) => example);
  const texts = inOrder.map(({ text, textPair }) => textPair ?? text);
  return inOrder.filter((_, i) => texts.indexOf(texts[i]!) === i);
}

/** Replaces drawn words until enough are; nobody is asked. */
const drawnWords = ({ wordsToSwap, seed }: VariantOptions): SearchRule => ({
  ...{ id: 'drawn-words', version: 1, settings: { wordsToSwap, seed } },
  *run(tools) {
    const { progress, example } = tools;
    const stream = randomStream(randomKey(seed, 'augmentation'), { a: example.id });
    const wanted = Math.max(1, Math.floor(wordsToSwap * progress.words));
    for (const index of permutation(progress.words, stream)) {
      if (progress.gains.size >= wanted || !mayEditMore(tools)) break;
      const edits = yield* candidatesAt(tools, index);
      if (edits.length === 0) continue;
      const edit = edits[stream.nextInt(edits.length)]!;
      progress.gains.set(edit, 0);
      progress.text = withEdit(progress.text, edit);
    }
    return progress.gains.size > 0 ? 'success' : 'nothing-to-change';
  },
});

/** No text has reached it, so none is left out for being wrong already. */
const none: GoalRule = { id: 'none', version: 1, of: () => ({ reached: () => false, score: () => 0 }) };

/** In the victim's place: it says nothing of any text. */
const nobody = (labels: readonly string[]): Victim => {
  const classes = labels.length > 1 ? labels : [...labels, `not ${labels[0]}`];
  return {
    labels: classes,
    unkToken: '[UNK]',
    classify: async (inputs) => inputs.map(() => classes.map(() => 1 / classes.length)),
  };
};
