import { VdaError } from '../base/error.ts';
import { excerptList } from '../base/excerpt.ts';
import type { ParameterSpec } from '../models/architecture.ts';
import type { ModelConfig } from '../models/config.ts';
import { encoderNames } from '../models/encoder-names.ts';
import type { Family, FamilyOptions } from '../models/family.ts';
import { matchWeights, type StoredWeights } from '../models/match-weights.ts';
import type { PretrainedModel } from '../models/pretrained-model.ts';
import type { Prompt } from '../models/prompt.ts';
import { surplusLayer } from '../models/surplus-layer.ts';
import { withTokenTypesOf } from '../models/token-types.ts';
import { withPrompt } from '../models/with-prompt.ts';
import type { Tokenizer } from '../text/tokenizer.ts';
import { checkVocabulary } from './check-vocabulary.ts';
import type { PretrainedHead } from './heads.ts';
import { explainMissing } from './missing-weights.ts';

/** What a model's files say, read but not yet held against each other. */
export interface ModelParts extends FamilyOptions {
  /** Where they are from, for errors. */
  readonly folder: string;
  readonly family: Family;
  readonly config: ModelConfig;
  readonly tokenizer: Tokenizer;
  /** Weights by canonical name. */
  readonly weights: StoredWeights;
  readonly head: PretrainedHead;
}

/**
 * Puts a model together whole: not one tensor may be missing, for what starts at random says nothing about the checkpoint.
 * @throws VdaError `bad-input` when tensors are missing, there are layers that config.json does not count, a shape differs or the
 *   tokenizer has more tokens than the embedding; what the head's own check throws
 */
export function assembleModel(parts: ModelParts): PretrainedModel {
  const { folder, family, config, weights: found, head } = parts;
  head.check?.(config, folder);
  const plain = withTokenTypesOf({ architecture: family, config, folder }, parts.tokenizer);
  checkVocabulary({ tokenizerSize: plain.vocabSize, embeddingRows: config.vocabSize });
  const prompt = head.head === 'classifier' ? promptOf(parts) : undefined;
  const { architecture, tokenizer } = withPrompt({ architecture: family, tokenizer: plain }, prompt);
  const specs = wantedParameters({ ...parts, family: architecture });
  const missing = specs.map(({ name }) => name).filter((name) => !found.has(name));
  if (missing.length > 0) throw incomplete(missing, parts);
  refuseMoreLayers(parts);
  const { loaded, unexpected } = matchWeights(new Map(specs.map((s) => [s.name, s.shape])), found);
  return { folder, architecture, config, tokenizer, weights: Object.fromEntries(loaded), unexpected };
}

/** The prompt that `config.json` says. @throws VdaError `bad-input` for words of another number of classes than there are */
function promptOf({ folder, config: { prompt, id2label } }: ModelParts): Prompt | undefined {
  const classes = Object.keys(id2label).length;
  if (prompt === undefined || prompt.labelWords.length === classes) return prompt;
  throw new VdaError(
    'bad-input',
    `config.json of ${folder}: vda_prompt has label_words of ${prompt.labelWords.length} classes, and id2label names ${classes}. The file was changed after training; correct it.`,
  );
}

/** @throws VdaError `bad-input` where there are weights of a layer after the last: the first ones alone are another model */
function refuseMoreLayers({ folder, family, config, weights }: ModelParts): void {
  const beyond = surplusLayer(family, { config, weights });
  if (beyond === undefined) return;
  throw new VdaError(
    'bad-input',
    `The weights in ${folder} have more layers than the ${config.numHiddenLayers} that config.json says: ${beyond} is there. Take both from one model.`,
  );
}

function wantedParameters({ family, config, head }: ModelParts): readonly ParameterSpec[] {
  if (head.head !== 'none') {
    return family.parameters(config, { head: head.head, numLabels: head.numLabels(config) });
  }
  const encoder = encoderNames(family, config);
  return family
    .parameters(config, { head: 'maskedLm', numLabels: 0 })
    .filter(({ name }) => encoder.has(name));
}

function incomplete(missing: readonly string[], parts: ModelParts): VdaError {
  const { folder, head, config, weights: found, family, families } = parts;
  const encoder = encoderNames(family, config);
  const ofEncoder = missing.filter((name) => encoder.has(name));
  if (ofEncoder.length > 0) {
    const names = { folder, found: found.keys(), of: 'the encoder' };
    const why = explainMissing(ofEncoder, { ...names, config, family, families });
    return new VdaError('bad-input', why);
  }
  const { architectures } = config;
  const made =
    architectures.length > 0 ? ` (config.json calls it ${excerptList(architectures, { quote: false })})` : '';
  return new VdaError(
    'bad-input',
    `The model in ${folder} has no ${head.what}${made}: missing ${excerptList(missing, { quote: false })}. Filled with random numbers, ` +
      `its answers would mean nothing. ${head.instead}`,
  );
}
