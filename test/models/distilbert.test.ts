import { distilbert } from '../../src/models/distilbert.ts';
import { describeAgainstTransformers } from './against-transformers.ts';

// oracles/tiny_distilbert.py
describeAgainstTransformers(distilbert, {
  folder: 'tiny-distilbert',
  dropsAttentionOutput: false,
  classifierSites: ['classifier'],
});
