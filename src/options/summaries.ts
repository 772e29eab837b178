/** The commands of `vda` in the order of its help, each with a line that has no full stop: all that its own help loads. */
export const summaries = {
  train: 'fine-tune a text classifier, plainly or so that it holds under attack (VDA, FreeLB and others)',
  average: 'write the weighted mean of trained classifiers as one',
  eval: 'measure how often a classifier is right, without attacking it',
  predict: 'classify texts and print JSON Lines with label, probabilities and logits',
  attack: 'attack a classifier by changing words of its texts, and count what still holds',
  audit: 'let people read what an attack made, and count which of its successes they accept',
  augment: 'write variants of labelled texts to a file, by the means of attacks',
  serve: 'answer other programs for a classifier, by HTTP on this machine',
  export: 'write a classifier as ONNX, in half precision and quantised too, and measure what that costs',
  push: 'upload a trained model to a hub, with what attacks left of it in its card',
  report: 'compare attacks side by side, example by example; put the parts of one together',
  pretrain: 'train a small masked language model from plain texts',
  reproduce: 'train and attack a grid of methods, data sets and seeds, and write its tables and figures',
  emit: 'write the files by which Slurm or Kubernetes does a command in parts, or a training on many ranks',
  demo: 'fine-tune the model within, plainly and with FreeLB, attack both, and write the report',
  list: 'list the strategies, mixtures, attacks and other things that have a name',
  env: 'print versions, machine and settings, for reports of problems',
} as const;

export type CommandName = keyof typeof summaries;
