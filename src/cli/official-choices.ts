/** What `--fidelity official` sets in training, each as the published VDA code does it; printed when the preset is used. */
export const officialChoices: readonly string[] = [
  'every text is padded to the maximum length',
  'the training texts are visited in file order, unshuffled',
  'mixture softmax(z / sum z + noise) over the whole vocabulary, from raw logits, at each step (no cache)',
  'noise of standard deviation 0.05 (its option is called variance)',
  'all positions are mixed: [CLS], [SEP] and padding too',
  "the classifier's own trainable embedding table is mixed",
  'the regulariser halves each direction of the KL and averages over labels: in effect lambda x 0.5 / labels',
  'no classifier dropout on virtual texts',
  'AdamW decays every parameter, biases and LayerNorm too; no gradient clipping',
  'cosine schedule with hard restarts (one cycle), 5 % warm-up, learning rate 1e-5, 10 epochs',
  'the best epoch by accuracy on the validation texts is kept',
];
