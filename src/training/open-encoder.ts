import { longestInput } from '../inference/longest-input.ts';
import type { Architecture } from '../models/architecture.ts';
import { labelMaps, type ModelConfig } from '../models/config.ts';
import type { Family } from '../models/family.ts';
import type { StoredWeights } from '../models/match-weights.ts';
import type { Prompt } from '../models/prompt.ts';
import { surplusLayer } from '../models/surplus-layer.ts';
import { withTokenTypesOf } from '../models/token-types.ts';
import { withPrompt } from '../models/with-prompt.ts';
import type { ParameterStore } from '../optim/parameter-store.ts';
import { checkVocabulary } from '../pretrained/check-vocabulary.ts';
import { loadTokenizer } from '../pretrained/load-tokenizer.ts';
import { loadModelFolder } from '../pretrained/model-folder.ts';
import { createTrainableModel } from '../strategies/trainable-model.ts';
import type { Tokenizer } from '../text/tokenizer.ts';
import { headByName } from './head-by-name.ts';
import type { PreparedTraining } from './prepare-training.ts';
import { promptOf, requirePromptedHead } from './prompt-of.ts';
import { requireEncoder } from './require-encoder.ts';

/** The encoder that a training starts from, with the prompt around its texts where there is one. */
export interface StartEncoder {
  readonly family: Family;
  readonly architecture: Architecture;
  /** Its checkpoint's, without the prompt of an earlier training. */
  readonly stored: ModelConfig;
  readonly weights: StoredWeights;
  readonly tokenizer: Tokenizer;
  readonly prompt: Prompt | undefined;
  /** Tokens that it can read. */
  readonly longest: number;
  /** Tokens that texts are cut to. */
  readonly maxLength: number;
}

type Opening = Pick<PreparedTraining, 'modelFolder' | 'options'>;

/** @throws VdaError what reading a model folder throws; `bad-input` where its tokenizer is another model's */
export async function openEncoder({ modelFolder, options }: Opening): Promise<StartEncoder> {
  const { family, config: start, weights } = loadModelFolder(modelFolder);
  const { prompt: _former, ...stored } = start;
  const prompt = promptOf(options);
  const parts = { architecture: family, config: stored, folder: modelFolder };
  const plain = withTokenTypesOf(parts, await loadTokenizer(modelFolder));
  const { architecture, tokenizer } = withPrompt({ architecture: family, tokenizer: plain }, prompt);
  checkVocabulary({ tokenizerSize: tokenizer.vocabSize, embeddingRows: stored.vocabSize });
  const longest = longestInput({ architecture, config: stored, tokenizer });
  const maxLength = Math.min(options.maxSeqLength, longest);
  return { family, architecture, stored, weights, tokenizer, prompt, longest, maxLength };
}

/**
 * An encoder as a classifier to train: its weights in a store, a head for the labels, and the configuration that is saved with it.
 * @throws VdaError `bad-input` where the checkpoint lacks parts of its encoder, or the head that a prompt asks
 */
export function classifierToTrain(
  { family, architecture, stored, weights, prompt, maxLength }: StartEncoder,
  p: Opening & { readonly labels: readonly string[]; readonly say: (line: string) => void },
): { readonly config: ModelConfig; readonly store: ParameterStore } {
  const { modelFolder: folder, options, labels, say } = p;
  const config = {
    ...stored,
    maxSeqLength: maxLength,
    ...labelMaps(labels),
    architectures: [architecture.classNames.classifier],
    ...(prompt && { prompt }),
    problemType: 'single_label_classification', // whatever the checkpoint was: the loss is that of one class a text
  };
  const found = headByName(weights, { architecture, stored, labels, say });
  const { store, missing } = createTrainableModel({
    ...{ architecture, config, head: 'classifier', numLabels: labels.length, found },
    ...{ seed: options.seed, decayAll: options.officialCode ?? false },
  });
  requireEncoder(missing, {
    ...{ folder, family, config, found: weights, say },
    allowMissing: options.allowMissing ?? false,
  });
  if (prompt) requirePromptedHead(missing, p);
  const surplus = surplusLayer(family, { config: stored, weights });
  if (surplus !== undefined) {
    say(
      `The checkpoint has more layers than the ${stored.numHiddenLayers} that its config.json says (${surplus}): training starts from the first of them.`,
    );
  }
  return { config, store };
}
