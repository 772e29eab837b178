import { argument, VdaError } from '../base/error.ts';
import { hasMethods, isText, requireArgument } from '../base/setting-rules.ts';
import type { Example } from '../data/dataset.ts';
import { type AttackRecipe, asksEncoder, asksMaskedLm } from './recipe.ts';
import type { Models } from './services/index.ts';
import type { VictimInput } from './victim.ts';

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
export function checkAttackParts(owner: string, p: Models & { readonly recipe: AttackRecipe }): void {
  const { victim, maskedLm, encoder, recipe } = p;
  const isVictim =
    hasMethods(victim, ['classify']) && Array.isArray(victim.labels) && typeof victim.unkToken === 'string';
  requireArgument(isVictim, {
    ...{ owner, name: 'victim', got: victim },
    expected: 'an object with labels, unkToken and classify, as victimOf(classifier) gives',
  });
  const isRecipe =
    hasMethods(recipe, ['prepare', 'coreOf']) &&
    hasMethods(recipe.search, ['run']) &&
    hasMethods(recipe.goal, ['of']) &&
    Array.isArray(recipe.transformations) &&
    Array.isArray(recipe.constraints);
  requireArgument(isRecipe, {
    ...{ owner, name: 'recipe', got: recipe },
    expected: "a recipe, as loadRecipe('bert-attack') gives",
  });
  for (const [i, transformation] of recipe.transformations.entries()) {
    requireArgument(hasMethods(transformation, ['propose']), {
      ...{ owner, name: `transformation ${i} of the recipe`, got: transformation },
      expected: 'a part with id, version and propose',
    });
  }
  for (const [i, constraint] of recipe.constraints.entries()) {
    requireArgument(isRecord(constraint) && isText(constraint.id) && isText(constraint.name), {
      ...{ owner, name: `constraint ${i} of the recipe`, got: constraint },
      expected: 'a part with id, version and name',
    });
  }
  if (encoder !== undefined || asksEncoder(recipe)) {
    requireArgument(hasMethods(encoder, ['encode']), {
      ...{ owner, name: 'encoder', got: encoder },
      expected: 'a sentence encoder, as createSentenceEncoder gives',
    });
  }
  if (victim.answers === 'decisions' && recipe.search.decisionsSuffice !== true) {
    throw new VdaError(
      'usage',
      `The attack ${recipe.id} goes by scores, and the victim answers decisions, which have no margins: the search would be blind until the label flips. ` +
        `Choose an attack whose search needs no scores, such as ${argument('recipe')} random, or a victim that gives scores.`,
    );
  }
  if (maskedLm === undefined && !asksMaskedLm(recipe)) return;
  const isMaskedLm = hasMethods(maskedLm, [
    ...['unmaskedCandidates', 'loss', 'isContinuation', 'isSpecial', 'textOf'],
  ]);
  requireArgument(isMaskedLm, {
    ...{ owner, name: 'maskedLm', got: maskedLm },
    expected: 'a masked language model, as createMaskedLm gives',
  });
}
