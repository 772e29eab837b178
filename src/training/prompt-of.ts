import { argument, VdaError } from '../base/error.ts';
import { excerptList } from '../base/excerpt.ts';
import { shown } from '../base/setting-rules.ts';
import type { Prompt } from '../models/prompt.ts';
import type { TrainOptions } from './train-options.ts';

/** One more with each change of what a model with a prompt comes to. */
export const promptVersion = 1;

type PromptOptions = Pick<TrainOptions, 'promptTemplate' | 'labelWords'>;

/** The prompt that options ask for: `good,great` are two words of one class. */
export const promptOf = ({ promptTemplate, labelWords }: PromptOptions): Prompt | undefined =>
  promptTemplate === undefined || labelWords === undefined
    ? undefined
    : {
        template: promptTemplate,
        labelWords: labelWords.map((words) => words.split(',').map((word) => word.trim())),
      };

/**
 * Holds the options of a prompt against each other, and against the classes of the data.
 * @throws VdaError `usage` for one without the other, and another number of label words than classes
 */
export function checkPrompt(
  owner: string,
  { options, classes }: { readonly options: PromptOptions; readonly classes?: number },
): void {
  const { promptTemplate, labelWords } = options;
  if ((promptTemplate === undefined) !== (labelWords === undefined)) {
    throw new VdaError(
      'usage',
      `${owner}: ${argument('promptTemplate')} and ${argument('labelWords')} go together; give both, or neither.`,
    );
  }
  if (labelWords === undefined) return;
  const areWords = Array.isArray(labelWords) && labelWords.every((words) => typeof words === 'string');
  if (areWords && (classes === undefined || labelWords.length === classes)) return;
  const expected =
    classes === undefined
      ? 'a list of words, one for each class'
      : `words for ${classes} classes, in the order of the labels`;
  const got = areWords ? `${labelWords.length}` : shown(labelWords);
  throw new VdaError('usage', `${owner}: ${argument('labelWords')}: expected ${expected}, got ${got}.`);
}

/**
 * A prompt asks what the checkpoint has learnt: its head may not start at random.
 * @throws VdaError `bad-input` for a checkpoint without a masked language model's head, `usage` for a strategy that would not reach the mask
 */
export function requirePromptedHead(
  missing: readonly string[],
  {
    options,
    modelFolder,
  }: {
    readonly options: Pick<TrainOptions, 'strategy' | 'allowMissing'>;
    readonly modelFolder: string;
  },
): void {
  const { strategy } = options;
  if (strategy?.name === 'smix' && (strategy.settings?.states ?? 'cls') === 'cls') {
    throw new VdaError(
      'usage',
      "fineTune: smix mixes the first token's states, and a prompt is answered at the mask. Mix the states of all tokens.",
    );
  }
  if (missing.length === 0 || options.allowMissing) return;
  throw new VdaError(
    'bad-input',
    `The model in ${modelFolder} has no masked language model head, which ${argument('promptTemplate')} asks: missing ${excerptList(missing, { quote: false, most: 400 })}. ` +
      'Start from a masked language model, such as bert-base-uncased.',
  );
}
