import { hasMethods, requireArgument } from '../base/setting-rules.ts';
import type { Example } from '../data/dataset.ts';
import type { MaskFiller, Victim, VictimInput } from './ports.ts';
import type { AttackRecipe } from './recipe.ts';

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;

const hasTexts = (value: unknown): value is Readonly<Record<string, unknown>> =>
  isRecord(value) &&
  typeof value.text === 'string' &&
  (value.textPair === undefined || typeof value.textPair === 'string');

/** @throws VdaError `usage` unless every input is a text, or a pair, as an object */
export function checkInputs(owner: string, inputs: readonly VictimInput[]): void {
  const expected = 'a list of { text } or { text, textPair }';
  requireArgument(Array.isArray(inputs), { owner, name: 'inputs', expected, got: inputs });
  for (const [i, input] of inputs.entries()) {
    if (!hasTexts(input)) {
      requireArgument(false, {
        owner,
        name: `input ${i}`,
        expected: '{ text } or { text, textPair }',
        got: input,
      });
    }
  }
}

/** @throws VdaError `usage` unless every example is a labelled text with an id, as `loadDataset(…).examples` */
export function checkExamples(owner: string, examples: readonly Example[]): void {
  const expected = 'a list of { id, text, label }, as the examples of a data set';
  requireArgument(Array.isArray(examples), { owner, name: 'examples', expected, got: examples });
  for (const [i, example] of examples.entries()) {
    const name = `example ${i}`;
    requireArgument(hasTexts(example), { owner, name, expected: '{ id, text, label }', got: example });
    for (const key of ['id', 'label'] as const) {
      const got = example[key];
      const fits = Number.isSafeInteger(got) && got >= 0;
      if (!fits)
        requireArgument(false, {
          owner,
          name: `${key} of ${name}`,
          expected: 'a whole number at least 0',
          got,
        });
    }
  }
}

/** @throws VdaError `usage` unless these are what an attack is made of */
export function checkAttackParts(
  owner: string,
  p: { readonly victim: Victim; readonly filler: MaskFiller; readonly recipe: AttackRecipe },
): void {
  const { victim, filler, recipe } = p;
  const isVictim =
    hasMethods(victim, ['classify']) && Array.isArray(victim.labels) && typeof victim.unkToken === 'string';
  requireArgument(isVictim, {
    ...{ owner, name: 'victim', got: victim },
    expected: 'an object with labels, unkToken and classify, as victimOf(classifier) gives',
  });
  requireArgument(hasMethods(filler, ['fill', 'loss', 'isContinuation', 'isSpecial', 'textOf']), {
    ...{ owner, name: 'filler', got: filler },
    expected: 'a masked language model, as createMaskedLm gives',
  });
  const isRecipe = hasMethods(recipe, ['prepare']) && hasMethods(recipe.transformation, ['propose']);
  requireArgument(isRecipe, {
    owner,
    name: 'recipe',
    expected: 'a recipe, as bertAttack() gives',
    got: recipe,
  });
}
