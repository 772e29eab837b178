import { roberta } from '../../src/models/roberta/index.ts';
import { describeAgainstTransformers } from './against-transformers.ts';

// oracles/tiny_roberta.py
describeAgainstTransformers(roberta, {
  folder: 'tiny-roberta',
  dropsAttentionOutput: true,
  classifierSites: ['classifier.dense', 'classifier.out_proj'],
});
