import { recipes } from '../attacks/recipes/index.ts';
import { optionalRules } from '../base/option-table.ts';
import type { SettingRules } from '../base/setting-rules.ts';
import { optimizationRules } from '../optim/optimization-rules.ts';
import { intervalStrategies, runRules } from '../runs/run-options.ts';
import { lossOptions } from '../strategies/classification-loss.ts';
import { bestModelMetrics, type TrainOptions } from './train-options.ts';

// Apart from what trains, so that help and checks of the command line load nothing of it.

const text = { kind: 'text' } as const;
const flag = { kind: 'flag' } as const;
const count = { kind: 'integer', min: 1 } as const;
const optional = { optional: true } as const;

/** What {@link TrainOptions} may be, at the command line and in programs; a strategy and VDA have rules of their own. */
export const trainRules = {
  ...optimizationRules,
  ...runRules,
  ...optionalRules(lossOptions),
  maxSeqLength: { kind: 'integer', min: 4 },
  padToMaxLength: flag,
  shuffle: flag,
  perDeviceEvalBatchSize: count,
  evalStrategy: { kind: 'choice', choices: intervalStrategies },
  evalSteps: { ...count, ...optional },
  metricForBestModel: { kind: 'choice', choices: bestModelMetrics },
  loadBestModelAtEnd: flag,
  earlyStoppingPatience: { ...count, ...optional },
  adaExamples: { kind: 'integer', min: 0 },
  adaRecipe: { kind: 'choice', choices: Object.keys(recipes), ...optional },
  adaModel: { ...text, ...optional },
  officialCode: { ...flag, ...optional },
  candidatesDir: { ...text, ...optional },
  allowMissing: { ...flag, ...optional },
  promptTemplate: { ...text, ...optional },
} as const satisfies SettingRules &
  Record<Exclude<keyof TrainOptions, 'strategy' | 'vda' | 'labelWords'>, unknown>;
