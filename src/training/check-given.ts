import { checkExamples } from '../attacks/check-arguments.ts';
import { argument, VdaError } from '../base/error.ts';
import { requireArgument } from '../base/setting-rules.ts';
import { checkOwnMetric } from './best-model.ts';
import { checkTrainOptions } from './check-train-options.ts';
import type { TrainingGiven } from './prepare-training.ts';
import { checkEvaluated, checkTrainSources } from './train-sources.ts';

/** What a library caller may give wrongly; the command line has checked options by the same rules. */
export function checkGiven({ options, train, validation, metric }: TrainingGiven): void {
  const owner = 'fineTune';
  checkTrainOptions(owner, options);
  checkTrainSources(owner, options);
  for (const [name, data] of Object.entries({ train, validation })) {
    if (name === 'validation' && data === undefined) continue;
    const fits = typeof data === 'object' && data !== null && Array.isArray(data.labels);
    requireArgument(fits, { owner, name, expected: 'a data set, as loadDataset gives', got: data });
    checkExamples(`${owner}, ${name}`, data!.examples);
  }
  if (new Set(train.examples.map(({ label }) => label)).size < 2) {
    throw new VdaError(
      'bad-input',
      `${owner}: the ${train.examples.length} training texts (${train.path}) are of fewer than two classes. Give texts of all classes.`,
    );
  }
  const { validationFile, evalStrategy } = options;
  if (validation === undefined && validationFile !== undefined && evalStrategy !== 'no') {
    throw new VdaError(
      'usage',
      `${owner}: ${argument('validationFile')} names ${validationFile}, but no validation texts are given. Load them and give them as validation.`,
    );
  }
  if (metric !== undefined) checkOwnMetric(owner, metric);
  checkEvaluated(owner, { ...options, metric, evaluates: validation !== undefined && evalStrategy !== 'no' });
}
