import type { ModelConfig } from './config.ts';

/** The configuration with every dropout probability replaced, for training alone; unchanged where none is given. */
export const withDropout = (config: ModelConfig, probability: number | undefined): ModelConfig =>
  probability === undefined
    ? config
    : {
        ...config,
        hiddenDropoutProb: probability,
        attentionProbsDropoutProb: probability,
        classifierDropout: probability,
      };
