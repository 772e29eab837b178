import type { Victim, VictimInput } from '../attacks/victim.ts';
import { checkSettings, hasMethods, requireArgument, type SettingRules } from '../base/setting-rules.ts';
import type { AnsweringClassifier } from './classifier.ts';

const victimRules = {
  unkToken: { kind: 'text', optional: true },
  maskToken: { kind: 'text', optional: true },
} as const satisfies SettingRules;

/**
 * A classifier as attacks see it: it answers logits, in double precision from here on. An aborted `signal` makes its calls throw.
 * @param options.unkToken in place of the classifier's own, as is `maskToken`
 * @throws VdaError `usage` for what is no classifier, and for an empty token
 */
export function victimOf(
  classifier: AnsweringClassifier,
  options: { readonly unkToken?: string; readonly maskToken?: string; readonly signal?: AbortSignal } = {},
): Victim {
  const owner = 'victimOf';
  requireArgument(hasMethods(classifier, ['logits', 'wordsRead']), {
    ...{ owner, name: 'classifier', got: classifier },
    expected: 'a classifier, as createClassifier gives',
  });
  checkSettings(owner, options, { rules: victimRules });
  const { unkToken = classifier.unkToken, maskToken = classifier.maskToken, signal } = options;
  return {
    labels: classifier.labels,
    unkToken,
    maskToken,
    answers: 'logits',
    classify: async (inputs) => (await classifier.logits(inputs, { signal })).map((row) => Array.from(row)),
    wordsSeen: classifier.wordsRead,
    ...(hasMethods(classifier, ['wordGradients']) && {
      wordGradients: (inputs: readonly VictimInput[]) => classifier.wordGradients!(inputs, { signal }),
    }),
    identity: classifier.identity,
  };
}
