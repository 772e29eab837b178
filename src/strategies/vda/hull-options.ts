import { optionTable } from '../../base/option-table.ts';

/** Options of mixtures of substitutes: which there are, how many words get one, and the ascent of `adversarial`. None is in the paper. */
export const hullSettings = optionTable({
  secondOrder: {
    kind: 'flag',
    default: false,
    isYounger: true,
    optional: true,
    description: "A word's substitutes are those of its substitutes, too (as in DNE).",
  },
  virtualBudget: {
    kind: 'number',
    default: 0.4,
    min: 0,
    max: 1,
    isYounger: true,
    optional: true,
    description:
      "Largest share of a text's tokens that substitutes are mixed into; each text draws its own share from 0 to this.",
    value: 'SHARE',
    knownAs: ['rho', 'budget', 'swap-rate'],
  },
  mixAllPositions: {
    kind: 'flag',
    default: false,
    isYounger: true,
    optional: true,
    description: 'Mix substitutes into all words that have any: no budget.',
  },
  ascentSteps: {
    kind: 'integer',
    default: 1,
    min: 1,
    isYounger: true,
    optional: true,
    description:
      'Gradient steps of mixture adversarial (M). Each costs a forward pass and a backward pass to the embeddings.',
    knownAs: ['adv-steps', 'num-ascent-steps'],
  },
  startRate: {
    kind: 'number',
    default: 0.15,
    min: 0,
    max: 1,
    isYounger: true,
    optional: true,
    description:
      'Share of the words with substitutes that begin at one, drawn at random, before the first step of mixture adversarial.',
    value: 'SHARE',
  },
  hullTemperature: {
    kind: 'number',
    default: 0,
    min: 0,
    isYounger: true,
    optional: true,
    description:
      'Temperature of mixture adversarial (tau): 0 takes one substitute, a vertex of the hull; above, a step moves the logits of the weights by 1/tau.',
    value: 'TAU',
  },
  sparsity: {
    kind: 'number',
    default: 0.1,
    min: 0,
    isYounger: true,
    optional: true,
    description:
      'How much the entropy of the weights counts in steps of mixture adversarial above temperature 0 (gamma): it draws weights to few substitutes (as in ASCC).',
    value: 'GAMMA',
  },
  dirichletAlpha: {
    kind: 'number',
    default: 0,
    min: 0,
    isYounger: true,
    optional: true,
    description:
      'Concentration of the Dirichlet distribution that mixture random draws its weights from (as in DNE); 0 takes one substitute.',
    value: 'ALPHA',
  },
});
