/** Fields of `config.json` as BERT, RoBERTa and this project call them, with the names DistilBERT has for them. */
const distilbertFields: Readonly<Record<string, string>> = {
  hidden_size: 'dim',
  num_hidden_layers: 'n_layers',
  num_attention_heads: 'n_heads',
  intermediate_size: 'hidden_dim',
  hidden_act: 'activation',
  hidden_dropout_prob: 'dropout',
  attention_probs_dropout_prob: 'attention_dropout',
  classifier_dropout: 'seq_classif_dropout',
};

/** What every DistilBERT has without a field for it. */
const distilbertConstants = { type_vocab_size: 1, layer_norm_eps: 1e-12 };

/** Of `DistilBertConfig`; other defaults are BERT's, but for the layers. */
const distilbertDefaults = { num_hidden_layers: 6, classifier_dropout: 0.2 };

/** The object of a DistilBERT's `config.json` with BERT's names for its fields. */
export function fromDistilbertFields(json: object): Record<string, unknown> {
  const own = new Map(Object.entries(distilbertFields).map(([common, name]) => [name, common]));
  const renamed = Object.entries(json).map(([name, value]) => [own.get(name) ?? name, value]);
  return { ...distilbertDefaults, ...Object.fromEntries(renamed), ...distilbertConstants };
}

/** The inverse of {@link fromDistilbertFields}: what DistilBERT has no field for is left out. */
export function toDistilbertFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { type_vocab_size: _one, layer_norm_eps: _fixed, ...kept } = fields;
  return Object.fromEntries(
    Object.entries(kept).map(([name, value]) => [
      Object.hasOwn(distilbertFields, name) ? distilbertFields[name]! : name,
      value,
    ]),
  );
}
