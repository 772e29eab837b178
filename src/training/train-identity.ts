import { recipeIdentity } from '../attacks/recipe.ts';
import type { RecipeName } from '../attacks/recipes/index.ts';
import { type OptionTable, recordedSettings, withDefaults } from '../base/option-table.ts';
import type { Part } from '../base/part.ts';
import type { Dataset } from '../data/dataset.ts';
import { datasetIdentity } from '../data/dataset-identity.ts';
import { exampleDraw } from '../data/draw-examples.ts';
import { isFolder, isSamePath } from '../files/paths.ts';
import { optimizationDecides } from '../optim/optimization.ts';
import { modelFolderIdentity } from '../pretrained/model-folder-identity.ts';
import { readState } from '../runs/checkpoint.ts';
import { decisiveSettings, type Identity, identityOf } from '../runs/identity.ts';
import { loadRecipe } from '../runs/lexica/load-recipe.ts';
import type { RuntimeOptions } from '../runtime/compile.ts';
import { type LossOptions, lossIdentity } from '../strategies/classification-loss.ts';
import type { Strategy } from '../strategies/define-strategy.ts';
import { type StrategyName, strategies } from '../strategies/index.ts';
import { lexiconSourcesOf } from '../strategies/vda/candidate-sources.ts';
import {
  asksMaskedLm,
  mixesSubstitutes,
  type VdaOptions,
  vdaSettings,
  vdaVersion,
} from '../strategies/vda/options.ts';
import { attacksAskMaskedLm, attacksOf, defaultAdaRecipe } from './attacks-of-training.ts';
import { greaterIsBetter } from './best-model.ts';
import type { OwnMetric } from './evaluation.ts';
import { promptOf, promptVersion } from './prompt-of.ts';
import type { TrainOptions } from './train-options.ts';
import { relatedFilterIdentity } from './vda/related-candidates.ts';
import { substitutesIdentity } from './vda/substitutes.ts';

/**
 * One more with each change of what a training of the same options comes to: order of the texts, dropout masks, optimizer,
 * schedule, encoder. Strategies and VDA have versions of their own.
 */
const trainingVersion = 2;

/** Which options decide what a training comes to; the others say where, how fast, or how much is told. */
const decides = {
  ...optimizationDecides,
  allowMissing: false, // the model's content says what is missing
  outputDir: false,
  candidatesDir: false,
  saveTotalLimit: false,
  loggingSteps: false,
  perDeviceEvalBatchSize: false,
  adaModel: false, // by content, below
  adaRecipe: false, // with its rules, below
  strategy: false, // with its version, below
  vda: false, // likewise
  promptTemplate: false, // likewise
  labelWords: false,
  evalSteps: false, // as it takes effect, below
  seed: true,
  maxSeqLength: true,
  padToMaxLength: true,
  shuffle: true,
  dropout: true,
  numTrainEpochs: true,
  maxSteps: true,
  perDeviceTrainBatchSize: true,
  gradientAccumulationSteps: true,
  evalStrategy: true,
  metricForBestModel: true,
  loadBestModelAtEnd: true,
  earlyStoppingPatience: true,
  saveStrategy: true,
  saveSteps: true,
  adaExamples: true,
  officialCode: true,
} satisfies Record<Exclude<keyof TrainOptions, keyof LossOptions>, boolean>; // of the loss, what is not as ever: below

/** What a training starts from, for telling it from others. */
export interface TrainingInputs {
  readonly options: TrainOptions;
  /** The encoder to start from, the masked language model and the classifier that is attacked, by content. */
  readonly model: Part;
  /** Needed where {@link readsMaskedLm} says so; else it decides nothing. */
  readonly maskedLm?: Part | undefined;
  readonly adaModel?: Part | undefined;
  /** The texts as they are trained on: drawn, with adversarial ones added. */
  readonly train: Part;
  readonly validation?: Part | undefined;
  /** A metric of the caller's: of its function nothing is known but name and version. */
  readonly metric?: OwnMetric | undefined;
  readonly device?: RuntimeOptions['device'];
}

/** Whether a training asks a masked language model: VDA does with most mixtures, and so do most attacks in training. */
export const readsMaskedLm = (options: TrainOptions): boolean =>
  (options.vda !== undefined && asksMaskedLm(options.vda)) || attacksAskMaskedLm(options);

/** What decides the outcome of a training. Two of equal identity end in the same weights. */
export function trainIdentity(p: TrainingInputs): Identity {
  const { options, device = 'cpu' } = p;
  const settings = decisiveSettings(options, decides);
  const { evalStrategy, evalSteps, loggingSteps } = options;
  const attacks = attacksOf(options);
  const other = attacks.find((name) => name !== defaultAdaRecipe);
  const every = evalStrategy === 'steps' ? { evalSteps: evalSteps ?? loggingSteps } : {};
  return identityOf({
    training: { id: 'training', version: trainingVersion, settings: { ...settings, ...every, device } },
    method: strategyIdentity(options), // the name that checkpoints know it by
    vda: options.vda && vdaIdentity(options.vda),
    loss: lossIdentity(options),
    prompt: promptIdentity(options),
    attack: attacks.includes(defaultAdaRecipe) ? attackInTraining(defaultAdaRecipe) : undefined,
    adaAttack: other && attackInTraining(other),
    model: p.model,
    maskedLm: readsMaskedLm(options) ? p.maskedLm : undefined,
    adaModel: p.adaModel,
    train: p.train,
    validation: p.validation,
    metric: p.metric && metricIdentity(p.metric),
  });
}

/**
 * {@link trainIdentity} of what lies in folders: every file that counts is hashed. A run that goes on has kept what fooled
 * the other classifier and does not need it, so where that is gone it is what it was.
 */
export async function trainIdentityOfFolders(
  p: Pick<TrainingInputs, 'options' | 'metric' | 'device'> & {
    readonly train: Dataset;
    readonly validation?: Dataset | undefined;
    readonly modelFolder: string;
    readonly maskedLmFolder: string;
    /** The checkpoint that the run goes on from. */
    readonly resumeFrom?: string | undefined;
  },
): Promise<Identity> {
  const { options, metric, device, modelFolder, maskedLmFolder, resumeFrom, train, validation } = p;
  const model = await modelFolderIdentity(modelFolder);
  const asks = readsMaskedLm(options);
  const isOwn = isSamePath(maskedLmFolder, modelFolder);
  const maskedLm = !asks ? undefined : isOwn ? model : await modelFolderIdentity(maskedLmFolder);
  return trainIdentity({
    ...{ options, metric, device, model, maskedLm },
    adaModel: await adaModelIdentity(options, resumeFrom),
    train: datasetIdentity(train),
    validation: validation && datasetIdentity(validation),
  });
}

async function adaModelIdentity(
  { adaModel }: TrainOptions,
  resumeFrom: string | undefined,
): Promise<Part | undefined> {
  if (adaModel === undefined) return undefined;
  if (resumeFrom === undefined || isFolder(adaModel)) return modelFolderIdentity(adaModel);
  return readState(resumeFrom).identity?.parts.adaModel as Part | undefined;
}

const metricIdentity = (metric: OwnMetric): Part => ({
  ...{ id: metric.name, version: metric.version ?? 1 },
  settings: { greaterIsBetter: greaterIsBetter(metric) },
});

const promptIdentity = (options: TrainOptions): Part | undefined => {
  const prompt = promptOf(options);
  return prompt && { id: 'prompt', version: promptVersion, settings: { ...prompt } };
};

const attackInTraining = (name: RecipeName): Part => {
  const { settings, ...recipe } = recipeIdentity(loadRecipe(name));
  return { ...recipe, settings: { ...settings, draw: exampleDraw } };
};

function strategyIdentity({ strategy = { name: 'standard' } }: TrainOptions): Part {
  const table = strategies as Readonly<Record<StrategyName, Strategy>>;
  const { version, options } = table[strategy.name];
  const settings = recordedSettings(options, withDefaults<OptionTable>(options, strategy.settings ?? {}));
  return { id: strategy.name, version, settings };
}

const vdaIdentity = (vda: VdaOptions): Part => ({
  ...{ id: 'vda', version: vdaVersion },
  settings: { ...recordedSettings(vdaSettings, vda), officialCode: vda.officialCode },
  parts: {
    candidateFilter: vda.candidateFilter === 'related' ? relatedFilterIdentity() : undefined,
    substitutes: mixesSubstitutes(vda.mixture) ? substitutesIdentity(lexiconSourcesOf(vda)) : undefined,
  },
});
