import { VdaError } from '../base/error.ts';
import { excerptList, quotedExcerpt } from '../base/excerpt.ts';
import { labelNames, type ModelConfig } from '../models/config.ts';

/** Heads whose tensors can look like a text classifier's, by what their class name ends in. */
const otherHeads = {
  ForTokenClassification: 'labels each token',
  ForMultipleChoice: 'chooses among several texts',
  ForQuestionAnswering: 'finds answers in a text',
  ForNextSentencePrediction: 'tells whether one text follows another',
} as const;

/**
 * Refuses, by name, a head that does not tell which one class a text belongs to: its logits would be read as a softmax over
 * classes, and mean something else.
 * @throws VdaError `unsupported` for several labels a text, for a regression, and for classes of other tasks
 */
export function requireSingleLabel(config: ModelConfig, folder: string): void {
  const { problemType, architectures } = config;
  const labels = labelNames(config);
  const named = excerptList(labels);
  const refused = (is: string, because: string) =>
    new VdaError(
      'unsupported',
      `The model in ${folder} is ${is} (${because}), not a classifier that gives each text one class. ` +
        'Train a classifier from it with vda train, or give another model.',
    );
  if (problemType === 'multi_label_classification') {
    throw refused(
      'a multi-label classifier',
      `config.json says problem_type "multi_label_classification": each of ${named} holds or not, by a sigmoid of its own`,
    );
  }
  if (problemType === 'regression' || labels.length === 1) {
    const why =
      problemType === 'regression'
        ? 'config.json says problem_type "regression"'
        : `its one output is ${named}`;
    throw refused('a regression, which answers with a number', why);
  }
  if (problemType !== null && problemType !== 'single_label_classification') {
    throw refused('of an unknown kind', `config.json says problem_type ${quotedExcerpt(problemType)}`);
  }
  const [end, does] =
    Object.entries(otherHeads).find(([end]) => architectures.some((name) => name.endsWith(end))) ?? [];
  const isText = architectures.some((name) => name.endsWith('ForSequenceClassification'));
  if (end !== undefined && !isText) {
    throw refused(
      `a model that ${does}`,
      `config.json calls it ${excerptList(architectures, { quote: false })}`,
    );
  }
}
