import { join } from 'node:path';
import type { RecipeName } from '../attacks/recipes/index.ts';
import { createAdversarialEpochs } from '../augmentation/adversarial-epochs.ts';
import { type Attack, createAttack } from '../augmentation/attack-in-training.ts';
import {
  type EncodedExamples,
  type EpochTexts,
  encodeExamples,
  everyEpoch,
  sayTruncated,
} from '../augmentation/epoch-texts.ts';
import { withStaticAdversaries } from '../augmentation/static-ada.ts';
import { once } from '../base/once.ts';
import { withDefaults } from '../base/option-table.ts';
import { alone, type Communicator, isLeader } from '../distributed/communicator.ts';
import { holdFolder } from '../files/folder-lock.ts';
import { removeUnfinished } from '../files/unfinished-files.ts';
import { longestInput } from '../inference/longest-input.ts';
import type { PretrainedModel } from '../models/pretrained-model.ts';
import { withDropout } from '../models/with-dropout.ts';
import { hostWeights } from '../optim/parameter-store.ts';
import { readState } from '../runs/checkpoint.ts';
import { type ResumedRun, resumeRun } from '../runs/resume-run.ts';
import { checkOutputFolder, openRunFolder, type RunRecord } from '../runs/run-folder.ts';
import { attacksFolder } from '../runs/stored-attack.ts';
import { lossOptions } from '../strategies/classification-loss.ts';
import { createStep } from '../strategies/index.ts';
import type { StepSetup, TrainStep } from '../strategies/train-step.ts';
import { filesWithMaxLength } from '../text/files-with-max-length.ts';
import type { Tokenizer } from '../text/tokenizer.ts';
import { asksForWords, defaultAdaRecipe, rankingRecipe } from './attacks-of-training.ts';
import { checkGiven } from './check-given.ts';
import { checkSameOnAllRanks, checkSharedFolder } from './check-ranks.ts';
import { evaluationOf } from './evaluation-of-run.ts';
import { maskedLmFor } from './masked-lm-for.ts';
import { classifierToTrain, openEncoder } from './open-encoder.ts';
import { checkShares } from './parts-of-run.ts';
import { type PreparedTraining, prepareTraining, type TrainingGiven } from './prepare-training.ts';
import { runTraining, type TrainingResult } from './run-training.ts';
import { quietHooks, type TrainHooks } from './train-hooks.ts';
import { trainRecord } from './train-record.ts';
import { planSteps } from './training-data.ts';
import { createVdaSources, type VdaSources } from './vda/substitution-probabilities.ts';

/** A training: its options and data, and what is told of it while it runs. */
export interface FineTuning extends TrainingGiven {
  /** Callbacks, a display of progress, a signal to stop by: none unless given. */
  readonly hooks?: Partial<TrainHooks> | undefined;
  /** Says something worth knowing: truncated texts, parameters that start at random. */
  readonly say?: ((line: string) => void) | undefined;
  /** What the run's record holds beside what decides the run: options as they were given, further data files' hashes. */
  readonly record?: Partial<Pick<RunRecord, 'options' | 'data'>> | undefined;
  /**
   * The ranks that train together, each of which calls `fineTune` with the same; by default this process alone. They share the
   * batches of every step. Rank 0 writes, says and shows for all.
   */
  readonly communicator?: Communicator | undefined;
}

/**
 * Fine-tunes a classifier from an encoder's folder: models and texts put together, the run's folder opened with its record
 * (`run.json`), then steps, evaluations and checkpoints, and at the end the model. It neither exports ONNX nor writes the model card:
 * see `exportOnnx` of `vda/inference`, and `writeModelCard`.
 * @throws VdaError `usage` naming every option that is out of range or has nothing to work on; `conflict` for a folder that
 *   holds another run, or a run that was not asked to go on, or where another process works; `bad-input` for texts of fewer than two
 *   classes, and for files and models that do not fit together; `diverged` with the last good checkpoint named; `no-space`
 *   where a checkpoint does not fit; what fetching and reading models throws
 */
export async function fineTune(p: FineTuning): Promise<TrainingResult> {
  checkGiven(p);
  const { options, communicator = alone } = p;
  const leads = isLeader(communicator);
  const { say = () => {} } = leads ? p : {};
  const { signal } = p.hooks ?? {};
  const hooks: TrainHooks = { ...quietHooks, ...(leads ? p.hooks : signal && { signal }) };
  const { outputDir } = options;
  return held(communicator, outputDir, async () => {
    if (leads) checkOutputFolder(outputDir, 'train'); // before models are downloaded
    const prepared = await communicator.leaderFirst(() => prepareTraining(p));
    const { resumeFrom } = prepared;
    const record = await trainRecord(prepared, p);
    const { identity, versions } = record;
    const fromStep = resumeFrom === undefined ? undefined : readState(resumeFrom).global_step;
    await checkSameOnAllRanks(communicator, { identity: identity!, versions, fromStep });
    const { length: clean } = prepared.train.examples;
    const texts = clean + Math.min(clean, options.adaExamples);
    const remarks = [...newRemarks(p, prepared), ...checkShares(communicator.size, { ...options, texts })];
    await checkSharedFolder(communicator, outputDir);
    if (leads) {
      const resume = resumeFrom !== undefined;
      const ranked = communicator.size === 1 ? record : { ...record, ranks: communicator.size };
      openRunFolder(outputDir, { record: ranked, resume, model: p.modelFolder ?? options.model });
    }
    for (const remark of remarks) say(remark);
    return train({ ...prepared, hooks, say, communicator });
  });
}

/** Work in a folder that no other job can claim meanwhile. */
const held = <T>(communicator: Communicator, folder: string, work: () => Promise<T>): Promise<T> =>
  isLeader(communicator) ? holdFolder(folder, { work: 'a training' }, work) : work();

/** What came of putting the texts together. */
function newRemarks(given: FineTuning, { options, train, validation }: PreparedTraining): readonly string[] {
  const { augmentFiles = [], maxTrainSamples = 0 } = options;
  const drawn = maxTrainSamples === 0 ? given.train.examples.length : maxTrainSamples;
  const clean = Math.min(given.train.examples.length, drawn);
  const added = train.examples.length - clean;
  return [
    ...(augmentFiles.length > 0 ? [`${added} adversarial texts are added to ${clean}.`] : []),
    ...train.warnings.slice(given.train.warnings.length),
    ...(validation?.warnings.slice(given.validation?.warnings.length) ?? []),
  ];
}

interface Training extends PreparedTraining {
  readonly hooks: TrainHooks;
  readonly say: (line: string) => void;
  readonly communicator: Communicator;
}

/** The run to go on with. What it needs from beside its checkpoint, rank 0 brings. */
function goOn({ options, identity, communicator }: Training, folder: string): ResumedRun {
  const { outputDir, loadBestModelAtEnd: endsWithBest } = options;
  if (isLeader(communicator)) return resumeRun(folder, { outputDir, identity, endsWithBest });
  return { folder, state: readState(folder), remarks: [] };
}

async function train(p: Training): Promise<TrainingResult> {
  const { options, runtime, say, resumeFrom, communicator } = p;
  const { outputDir } = options;
  const leads = isLeader(communicator);
  if (leads) removeUnfinished(outputDir, { within: [attacksFolder, 'onnx'] });
  const resumed =
    resumeFrom === undefined ? undefined : await communicator.leaderFirst(() => goOn(p, resumeFrom));
  const encoder = await openEncoder(p);
  const { architecture, tokenizer, maxLength, longest } = encoder;
  const maskedLm = once(() => maskedLmFor(p, tokenizer));
  const { adaExamples: count, adaModel, adaRecipe = defaultAdaRecipe, seed, maxSeqLength } = options;
  const proposerOf = (recipe: RecipeName) => (asksForWords(recipe) ? maskedLm() : Promise.resolve(undefined));
  const { signal } = p.hooks;
  const adversaries = { count, seed, folder: join(outputDir, attacksFolder), signal, say };
  const texts = adaModel
    ? await communicator.leaderFirst(() =>
        withStaticAdversaries(p.train, {
          // What rank 0 found lies there for the others, as for a run that goes on.
          ...{ ...adversaries, model: adaModel, resumed: resumed !== undefined || !leads },
          ...{ recipe: adaRecipe, maskedLm: () => proposerOf(adaRecipe) },
          ...{ maxLength: maxSeqLength, runtime },
        }),
      )
    : p.train;
  // A checkpoint has all parameters: what the model to start from lacks is of no account then.
  const sayOfStart = resumed ? () => {} : say;
  const { config, store } = classifierToTrain(encoder, { ...p, labels: texts.labels, say: sayOfStart });

  const tokenizerFiles = filesWithMaxLength(tokenizer.files, longest);
  const encoded = encodeExamples(texts.examples, { tokenizer, maxLength });
  sayTruncated(encoded, { name: 'training', maxLength, say });
  const setup: StepSetup = {
    ...{ architecture, store, runtime, seed, numLabels: texts.labels.length },
    loss: withDefaults(lossOptions, options),
    config: withDropout(config, options.dropout),
  };
  const trained: PretrainedModel = {
    ...{ folder: p.modelFolder, architecture, config, tokenizer },
    ...{ weights: hostWeights(store), unexpected: [] },
  };
  const attackBy = attackerOf(p, { trained, proposerOf, maxLength });
  const rankingAttack = once(() => attackBy(rankingRecipe));
  // Texts attacked later may be longer than any of the clean ones.
  const mayGrow = options.padToMaxLength || (count > 0 && adaModel === undefined);
  const longestText = mayGrow
    ? maxLength
    : encoded.encodings.reduce((most, { ids }) => Math.max(most, ids.length), 0);
  const { trainStep, learn, close } = await createStrategy(p, {
    ...{ setup, tokenizer, encoded, maskedLm, longest: longestText },
  });
  try {
    const epochs =
      count === 0 || adaModel
        ? everyEpoch(encoded)
        : afterLeader(
            communicator,
            createAdversarialEpochs({
              ...{ ...adversaries, clean: encoded, learn },
              encode: (examples) => encodeExamples(examples, { tokenizer, maxLength }),
              attack: await (adaRecipe === rankingRecipe ? rankingAttack() : attackBy(adaRecipe)),
            }),
          );
    return await runTraining({
      ...{ options, store, config, tokenizerFiles, trainStep },
      ...{ identity: p.identity, resumed, hooks: p.hooks, metric: p.metric, communicator },
      plan: planSteps(epochs, {
        ...options,
        padId: tokenizer.padId,
        padTo: options.padToMaxLength ? maxLength : undefined,
      }),
      evaluate: await evaluationOf({ ...p, model: trained, attack: rankingAttack }),
    });
  } finally {
    await trainStep.release();
    close();
  }
}

/** What makes attacks on the model in training, by their recipes. */
const attackerOf =
  (
    { options, runtime, say }: Training,
    p: {
      readonly trained: PretrainedModel;
      readonly proposerOf: (recipe: RecipeName) => Promise<PretrainedModel | undefined>;
      /** Tokens that the model in training reads. */
      readonly maxLength: number;
    },
  ) =>
  async (recipe: RecipeName): Promise<Attack> => {
    const { trained, maxLength } = p;
    const maskedLm = await p.proposerOf(recipe);
    const reach = maskedLm === undefined ? maxLength : longestInput(maskedLm);
    if (reach < maxLength) {
      say(
        `The masked language model reads ${reach} tokens, the model ${maxLength}: attacks replace no words beyond.`,
      );
    }
    const { attack } = await createAttack(trained, {
      ...{ recipe, maskedLm, runtime, weightsChange: true },
      maxLength: options.maxSeqLength,
    });
    return attack;
  };

/** Epochs whose texts rank 0 attacks; what it stored is there for the others. */
const afterLeader = (communicator: Communicator, epochs: EpochTexts): EpochTexts => ({
  size: epochs.size,
  of: (epoch, { isStart }) =>
    communicator.leaderFirst(() => epochs.of(epoch, { isStart: isStart && isLeader(communicator) })),
});

async function createStrategy(
  p: Training,
  q: {
    readonly setup: StepSetup;
    readonly tokenizer: Tokenizer;
    readonly encoded: EncodedExamples;
    /** Tokens of the longest text that a batch may hold, padding included. */
    readonly longest: number;
    readonly maskedLm: () => Promise<PretrainedModel>;
  },
): Promise<Omit<VdaSources, 'sources'> & { readonly trainStep: TrainStep }> {
  const { vda: options, strategy = { name: 'standard' }, officialCode } = p.options;
  const setup = { ...q.setup, officialCode };
  if (options === undefined) {
    return { trainStep: await createStep(setup, strategy), learn: async () => {}, close: () => {} };
  }
  const { sources, ...rest } = await p.communicator.leaderFirst(() =>
    createVdaSources({
      ...{ options, config: setup.config, tokenizer: q.tokenizer, encoded: q.encoded },
      ...{ outputDir: p.options.outputDir, candidatesDir: p.options.candidatesDir },
      ...{ runtime: p.runtime, hooks: p.hooks, say: p.say },
      ...{ maskedLm: q.maskedLm, longest: q.longest },
    }),
  );
  return { trainStep: await createStep({ ...setup, vda: { options, sources } }, strategy), ...rest };
}
