import { argument, VdaError } from '../base/error.ts';
import { excerptList } from '../base/excerpt.ts';
import { checkSettings, type SettingRules } from '../base/setting-rules.ts';
import { contentHash } from '../files/content-hash.ts';
import { isSamePath } from '../files/paths.ts';
import { modelIdentity } from '../inference/model-identity.ts';
import type { ModelConfig } from '../models/config.ts';
import { meanOfWeights } from '../models/mean-of-weights.ts';
import type { PretrainedModel } from '../models/pretrained-model.ts';
import { loadClassifier } from '../pretrained/load-classifier.ts';
import type { LoadModelOptions } from '../pretrained/load-pretrained.ts';
import { saveModelFolder } from '../pretrained/model-folder.ts';
import { identityOf } from '../runs/identity.ts';
import { checkOutputFolder, openRunFolder, type RunRecord } from '../runs/run-folder.ts';
import { recordOf } from '../runs/run-record.ts';
import { recordOfModel } from '../runs/trained-model.ts';
import { shareProblems, sharesOf } from './average-shares.ts';

/** Which classifiers a mean is of, and where it is written. */
export interface AverageOptions {
  /** Folders of `vda train`, their checkpoints, or other classifiers, that began from one model with one seed. */
  readonly models: readonly string[];
  /** The share of each, in the same order; together 1. By default all have the same. */
  readonly weights?: readonly number[] | undefined;
  readonly outputDir: string;
}

const rules = {
  models: { kind: 'texts' },
  weights: { kind: 'numbers', each: { kind: 'number' }, optional: true },
  outputDir: { kind: 'text' },
} satisfies SettingRules;

/** A mean that was written. */
export interface AveragedModel {
  readonly model: PretrainedModel;
  readonly record: RunRecord;
  /** What speaks against the mean, for people. */
  readonly remarks: readonly string[];
}

/**
 * Writes a classifier whose weights are the weighted mean of others' ({@link meanOfWeights}): a model folder, and a `run.json` that holds
 * the records of those it is of. Of trainings that began alike, one of which holds more and one of which is right more often, the mean can
 * have most of both (docs/strategies.md, "Means of weights").
 *
 * @throws VdaError `usage` for shares that do not fit; `bad-input` for models of other architectures, classes or tokenizers; `conflict`
 *   where the folder is one of theirs, or holds something else; what {@link loadClassifier} throws
 */
export async function averageModels(
  options: AverageOptions,
  access: LoadModelOptions = {},
): Promise<AveragedModel> {
  checkSettings('averageModels', options, { rules });
  const { models: names, outputDir } = options;
  const [problem] = shareProblems(options);
  if (problem !== undefined) throw new VdaError('usage', `averageModels: ${problem}`);
  const shares = sharesOf(options);
  const own = names.find((name) => isSamePath(name, outputDir));
  if (own !== undefined) {
    throw new VdaError(
      'conflict',
      `${outputDir} is one of the models, which their mean would replace. Choose another ${argument('outputDir')}.`,
    );
  }
  const previous = checkOutputFolder(outputDir, 'average');
  const models: PretrainedModel[] = [];
  for (const name of names) models.push(await loadClassifier(name, access));
  const first = models[0]!;
  for (const model of models) checkAlike(first, model);
  const weights = meanOfWeights(models.map((model, i) => ({ model, share: shares[i]! })));
  const records = models.map(({ folder }) => recordOfModel(folder));
  const inputs = inputsOf(records);
  const record: RunRecord = {
    ...recordOf({
      ...{ command: 'average', options: { ...options, weights: shares }, data: {} },
      ...(inputs && { inputs }),
      identity: identityOf({
        average: { id: 'mean of weights', version: 1, settings: { shares } },
        models: models.map((model, i) => ({
          ...modelIdentity(model, { contentHash }),
          id: `model ${i + 1}`,
        })),
      }),
    }),
    averaged: records.map((one, i) => ({ model: names[i]!, share: shares[i]!, ...(one && { record: one }) })),
  };
  openRunFolder(outputDir, { record, resume: previous !== undefined });
  const { config, tokenizer } = first;
  saveModelFolder(outputDir, { config, weights, tokenizerFiles: tokenizer.files });
  const model = { ...first, folder: outputDir, weights: Object.fromEntries(weights), unexpected: [] };
  return { model, record, remarks: [...remarksOn(records), ...lengthRemarks(models)] };
}

/** Files of a tokenizer that say how others call it, and nothing of the pieces it makes. */
const sayNothing = ['tokenizer_config.json', 'special_tokens_map.json'];

/** Of a configuration what decides the answers and shows in no weight's shape. */
const whatItComputes = {
  modelType: 'model_type',
  numAttentionHeads: 'num_attention_heads',
  hiddenAct: 'hidden_act',
  layerNormEps: 'layer_norm_eps',
  prompt: 'vda_prompt',
} as const satisfies Partial<Record<keyof ModelConfig, string>>;

/** @throws VdaError `bad-input` where two models mean other things by the same numbers */
function checkAlike(first: PretrainedModel, other: PretrainedModel): void {
  const differ = (what: string, remedy: string) =>
    new VdaError('bad-input', `${first.folder} and ${other.folder} have other ${what}. ${remedy}`);
  const [there, here] = [first, other].map(({ config }) => Object.values(config.id2label));
  if (there!.join('\n') !== here!.join('\n')) {
    const said = `(${excerptList(there!)}; ${excerptList(here!)})`;
    throw differ(`classes ${said}`, 'Train both on the same labels, in the same order.');
  }
  const [, unlikeField] =
    Object.entries(whatItComputes).find(([key]) => {
      const field = key as keyof typeof whatItComputes;
      return JSON.stringify(first.config[field]) !== JSON.stringify(other.config[field]);
    }) ?? [];
  if (unlikeField !== undefined)
    throw differ(`configurations (${unlikeField})`, 'A mean needs models that compute alike.');
  const files = Object.entries(first.tokenizer.files).filter(([name]) => !sayNothing.includes(name));
  const unlike = files.find(([name, text]) => (other.tokenizer.files[name] ?? text) !== text);
  if (unlike !== undefined)
    throw differ(`tokenizers (${unlike[0]})`, 'A mean needs models that began as one.');
}

/** @throws VdaError `bad-input` where some were trained on texts and some on pairs */
function inputsOf(records: readonly (RunRecord | undefined)[]): RunRecord['inputs'] {
  const [kind, ...others] = new Set(records.flatMap((one) => one?.inputs ?? []));
  if (others.length === 0) return kind;
  throw new VdaError(
    'bad-input',
    'Some of the models were trained on single texts and some on pairs. Take those of one kind.',
  );
}

/** Of a configuration the first model's counts, what it reads of a text too. */
function lengthRemarks(models: readonly PretrainedModel[]): readonly string[] {
  const lengths = models.map(({ config }) => config.maxSeqLength);
  const [first] = lengths;
  const other = lengths.find((length) => length !== first && length != null && first != null);
  return other === undefined
    ? []
    : [
        `The mean reads ${first} tokens of a text, as the first model does; another was trained to read ${other}.`,
      ];
}

/** What the records say against a mean: heads that were drawn apart have no weights in common. */
function remarksOn(records: readonly (RunRecord | undefined)[]): readonly string[] {
  const starts = records.flatMap((one) => {
    const model = one?.identity?.parts.model;
    return model === undefined ? [] : [JSON.stringify([model, one!.options.seed])];
  });
  return new Set(starts).size < 2
    ? []
    : [
        'The trainings began from different models or with different seeds, so their heads were drawn apart: the mean may be no classifier. Measure it.',
      ];
}
