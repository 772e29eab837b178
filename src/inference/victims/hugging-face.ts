import type { Contract } from './contract.ts';
import { labelScores } from './label-scores.ts';

/** More than any classifier has: all labels are wanted. */
const allLabels = 1000;

/**
 * Hugging Face text classification: `{"inputs": [texts], "parameters": {"top_k": …}}` → `[{label, score}, …]` for each text.
 * Logits are asked for by `function_to_apply: "none"`. Pairs go as `{text, text_pair}`, which pipelines of transformers read.
 *
 * Source: Hugging Face Inference API, task text-classification; `TextClassificationPipeline` of transformers.
 */
export const huggingFace: Contract = {
  ...{
    id: 'hf',
    version: 1,
    summary: 'Hugging Face text-classification: {inputs} → [{label, score}, …] a text',
  },
  ...{ batch: 32, largestBatch: 1024, readsPairs: true, namesLabels: true, reads: [] },
  scores: ['probabilities', 'logits', 'decisions'],
  body: (inputs, { scores }) => ({
    inputs: inputs.map(({ text, textPair }) =>
      textPair === undefined ? text : { text, text_pair: textPair },
    ),
    parameters: { top_k: allLabels, ...(scores === 'logits' && { function_to_apply: 'none' }) },
  }),
  said: (answer, { asked }) => labelScores(answer, asked.length),
};
