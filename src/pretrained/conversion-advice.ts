/** Forms of weights that transformers converts, with what it must be told to read them. */
const readerFlags = {
  'pytorch_model.bin': '',
  'pytorch_model.bin.index.json': '',
  'tf_model.h5': ', from_tf=True',
  'flax_model.msgpack': ', from_flax=True',
} as const;

/** Weight files that are known but not read, or not all of them. */
export const otherWeightFiles = Object.keys(readerFlags) as (keyof typeof readerFlags)[];

/**
 * How to save a model as safetensors with transformers, head and tokenizer included: the class follows from `architectures`
 * of `config.json`, for `AutoModel` would leave the head out.
 * @param model name or folder as it was given
 */
export function conversionAdvice(p: {
  readonly model: string;
  readonly file: (typeof otherWeightFiles)[number];
  readonly architectures: readonly string[];
}): string {
  const { model, file, architectures } = p;
  const [first = ''] = architectures;
  const isMaskedLm = /For(MaskedLM|PreTraining)$/.test(first);
  const isKnown = isMaskedLm || /ForSequenceClassification$/.test(first);
  const head = isMaskedLm ? 'MaskedLM' : 'SequenceClassification';
  const from = JSON.stringify(model);
  const to = JSON.stringify(`${model.split('/').filter(Boolean).at(-1) ?? 'model'}-safetensors`);
  const python = [
    `from transformers import AutoModelFor${head} as Model, AutoTokenizer as Tokenizer`,
    `Model.from_pretrained(${from}${readerFlags[file]}).save_pretrained(${to})`,
    `Tokenizer.from_pretrained(${from}).save_pretrained(${to})`,
  ].join('; ');
  const otherHead = isKnown ? '' : ' (AutoModelForMaskedLM where it is a masked language model)';
  return `Save it as safetensors once, in Python: \`${python}\`${otherHead}, then give that folder.`;
}
