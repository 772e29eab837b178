import type { Contract } from './contract.ts';
import { labelScores } from './label-scores.ts';

/**
 * `/predict` of Text Embeddings Inference: `{"inputs": [[text] or [text, pair], …], "raw_scores": …, "truncate": true}` →
 * `[{label, score}, …]` for each. Logits are its raw scores.
 *
 * Source: huggingface/text-embeddings-inference, `PredictRequest` (router/src/http/types.rs): a list of two texts is a pair, so
 * each input is a list of its own.
 */
export const textEmbeddingsInference: Contract = {
  ...{ id: 'tei', version: 1, summary: 'Text Embeddings Inference, /predict: {inputs, raw_scores}' },
  ...{ batch: 32, largestBatch: 1024, readsPairs: true, namesLabels: true, reads: [] },
  scores: ['probabilities', 'logits', 'decisions'],
  body: (inputs, { scores }) => ({
    inputs: inputs.map(({ text, textPair }) => (textPair === undefined ? [text] : [text, textPair])),
    raw_scores: scores === 'logits',
    truncate: true,
  }),
  said: (answer, { asked }) => labelScores(answer, asked.length),
};
