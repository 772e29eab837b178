import { type AttackRecipe, recipeIdentity } from '../attacks/recipe.ts';
import type { Part } from '../base/part.ts';
import type { DatasetName, Split } from '../data/datasets.ts';
import { exampleDraw } from '../data/draw-examples.ts';
import { attackSpec } from '../options/attack.ts';
import { type DataRole, splitOf } from '../options/data.ts';
import { requireFiles } from '../options/file-options.ts';
import type { OptionsOf } from '../options/spec.ts';
import { trainSpec } from '../options/train.ts';
import { trainOptionsOf } from '../options/train-defaults.ts';
import { identityOf, shortHash } from '../runs/identity.ts';
import { readsMaskedLm, trainIdentity } from '../training/train-identity.ts';

/** What files and models are known by: their content. */
export interface ContentSources {
  /** SHA-256 of a file. */
  readonly hashFile: (path: string) => Promise<string>;
  /** SHA-256 of what decides a model's answers, by folder or hub name. */
  readonly hashModel: (name: string) => Promise<string>;
  /** SHA-256 of the texts of a data set's split. */
  readonly hashSplit: (split: NamedSplit) => Promise<string>;
  /** The attack of a cell, its lexica read. */
  readonly recipeOf: (options: OptionsOf<typeof attackSpec>) => Promise<AttackRecipe>;
}

/** Part of a data set that has a name. */
export interface NamedSplit {
  readonly dataset: DatasetName;
  readonly dataDir: string;
  readonly split: Split;
}

/** Sixteen digits of what decides a cell's training: {@link trainIdentity}, with texts known by their files. */
export async function trainingHash(
  options: OptionsOf<typeof trainSpec>,
  p: {
    /** The model of every epoch is kept. */
    readonly curves: boolean;
    /** {@link trainingHash} of the cell whose model is attacked. */
    readonly attacked?: string | undefined;
    readonly sources: ContentSources;
  },
): Promise<string> {
  const { curves, attacked, sources } = p;
  requireFiles(trainSpec, options);
  const trainOptions = trainOptionsOf(options);
  const { model, mlm = model, maxTrainSamples, augmentFiles = [], device } = options;
  const modelPart = async (name: string): Promise<Part> => ({
    id: 'model',
    content: await sources.hashModel(name),
  });
  const added = await Promise.all(augmentFiles.map(sources.hashFile));
  const train = await textsOf(options, 'train', sources);
  const identity = trainIdentity({
    options: trainOptions,
    device,
    model: await modelPart(model),
    maskedLm: readsMaskedLm(trainOptions) ? await modelPart(mlm) : undefined,
    ...(attacked !== undefined && { adaModel: { id: 'training', content: attacked } }),
    train: { ...train!, settings: { ...train!.settings, maxTrainSamples, added } },
    validation: await textsOf(options, 'validation', sources),
  });
  const curve: Part | undefined = curves ? { id: 'model of every epoch' } : undefined;
  return shortHash(identityOf({ ...identity.parts, curve }));
}

/** Sixteen digits of what decides a cell's attack, but for the model, which is the training's. */
export async function attackingHash(
  options: OptionsOf<typeof attackSpec>,
  sources: ContentSources,
): Promise<string> {
  requireFiles(attackSpec, options);
  const recipe = await sources.recipeOf(options);
  const { mlm, encoder, numExamples, offset, maxSeqLength, device, timeLimit } = options;
  const texts = await textsOf(options, 'test', sources);
  return shortHash(
    identityOf({
      attack: recipeIdentity(recipe),
      maskedLm: { id: 'model', ...(mlm !== undefined && { content: await sources.hashModel(mlm) }) },
      ...(encoder !== undefined && {
        encoder: { id: 'sentence encoder', content: await sources.hashModel(encoder) },
      }),
      examples: { ...texts!, settings: { ...texts!.settings, numExamples, offset, draw: exampleDraw } },
      reading: { id: 'reading', settings: { maxSeqLength, device } },
      ...(await askingOf(options, sources)),
      ...(timeLimit !== undefined && { timeLimit: { id: 'time limit', settings: { seconds: timeLimit } } }),
    }),
  );
}

/** How the model is asked where not once and plainly: votes, and the noise of smoothing. */
async function askingOf(
  options: OptionsOf<typeof attackSpec>,
  { hashFile }: ContentSources,
): Promise<{ readonly asking?: Part }> {
  const { votes, smoothing, smoothingRate, smoothingSeed, smoothingLexicon: lexicon } = options;
  if (votes === undefined && smoothing === 'none') return {};
  const noise = smoothing !== 'none' && { smoothing, smoothingRate, smoothingSeed };
  const content = smoothing === 'synonyms' && (lexicon === 'wordnet' ? lexicon : await hashFile(lexicon));
  return { asking: { id: 'asking', settings: { votes, ...noise }, ...(content !== false && { content }) } };
}

/** Labelled texts by the content of their file or split, and by what is read of it; nothing where none are given. */
async function textsOf(
  options: Pick<
    OptionsOf<typeof trainSpec>,
    'dataset' | 'dataDir' | 'textColumn' | 'textPairColumn' | 'labelColumn' | 'labels'
  > &
    Partial<Record<`${DataRole}File`, string | undefined>>,
  role: DataRole,
  { hashFile, hashSplit }: ContentSources,
): Promise<Part | undefined> {
  const { dataset, dataDir, textColumn, textPairColumn, labelColumn, labels } = options;
  const settings = { textColumn, textPairColumn, labelColumn, labels };
  const file = options[`${role}File`];
  if (file !== undefined) return { id: 'texts', settings, content: await hashFile(file) };
  if (dataset === undefined || dataDir === undefined) return undefined;
  const content = await hashSplit({ dataset, dataDir, split: splitOf[role] });
  return { id: 'texts', settings: { labels }, content };
}
