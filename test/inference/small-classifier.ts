import { tensor } from '../../src/base/tensor.ts';
import { familyOf } from '../../src/models/family-of.ts';
import { initialValues } from '../../src/models/initialize.ts';
import { parseConfig } from '../../src/models/parse-config.ts';
import { saveModelFolder } from '../../src/pretrained/model-folder.ts';
import { wordPieceTokenizerFiles } from '../../src/text/wordpiece-files.ts';
import { tinyVocabulary } from '../training/tiny-model.ts';

/**
 * Writes a BERT classifier of two classes with seeded weights, whose matrices are large enough to be worth quantising: 48 tokens,
 * 128 dimensions, 2 layers, 64 positions.
 */
export function writeSmallClassifier(folder: string): string {
  const json = {
    ...{
      model_type: 'bert',
      architectures: ['BertForSequenceClassification'],
      vocab_size: tinyVocabulary.length,
    },
    ...{ hidden_size: 128, num_hidden_layers: 2, num_attention_heads: 4, intermediate_size: 256 },
    ...{ hidden_act: 'gelu', hidden_dropout_prob: 0.1, attention_probs_dropout_prob: 0.1 },
    ...{ max_position_embeddings: 64, type_vocab_size: 2, layer_norm_eps: 1e-12, initializer_range: 0.02 },
    ...{ pad_token_id: 0, id2label: { 0: 'negative', 1: 'positive' } },
  };
  const config = parseConfig(json, { path: 'the small classifier' });
  const parameters = familyOf('bert').parameters(config, { head: 'classifier', numLabels: 2 });
  const weights = parameters.map((spec) => {
    const values = Float32Array.from(
      initialValues(spec, { seed: spec.name === 'classifier.weight' ? 2 : 7, std: 0.15 }),
    );
    return [spec.name, tensor('float32', spec.shape, values)] as const;
  });
  const tokenizerFiles = wordPieceTokenizerFiles(tinyVocabulary, { maxLength: 64 });
  saveModelFolder(folder, { config, weights: new Map(weights), tokenizerFiles });
  return folder;
}
