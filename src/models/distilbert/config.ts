import { readEncoderFields, writeEncoderFields } from '../encoder-config.ts';
import type { ConfigFormat } from '../family.ts';

/** Names that `DistilBertConfig` has for fields, by BERT's. */
const ownNames: Readonly<Record<string, string>> = {
  hidden_size: 'dim',
  num_hidden_layers: 'n_layers',
  num_attention_heads: 'n_heads',
  intermediate_size: 'hidden_dim',
  hidden_act: 'activation',
  hidden_dropout_prob: 'dropout',
  attention_probs_dropout_prob: 'attention_dropout',
  classifier_dropout: 'seq_classif_dropout',
};
const commonNames = new Map(Object.entries(ownNames).map(([common, own]) => [own, common]));

/** What every DistilBERT has without a field for it. */
const constants = { type_vocab_size: 1, layer_norm_eps: 1e-12 };

/** Defaults that are not BERT's. */
const defaults = { num_hidden_layers: 6, classifier_dropout: 0.2 };

/** `DistilBertConfig` of transformers: BERT's fields, most under names of its own. */
export const config: ConfigFormat = {
  read: (json, path) => {
    const renamed = Object.entries(json).map(([name, value]) => [commonNames.get(name) ?? name, value]);
    return readEncoderFields({ ...defaults, ...Object.fromEntries(renamed), ...constants }, path);
  },
  write: (config) => {
    const { type_vocab_size: _one, layer_norm_eps: _fixed, ...kept } = writeEncoderFields(config);
    return Object.fromEntries(Object.entries(kept).map(([name, value]) => [ownNames[name] ?? name, value]));
  },
};
