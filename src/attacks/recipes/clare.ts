import { maxChangeRate } from '../constraints/change-rate.ts';
import { functionWords } from '../constraints/stop-words.ts';
import { wholeWord } from '../constraints/whole-word.ts';
import { untargeted } from '../goal/untargeted.ts';
import { beam } from '../search/beam.ts';
import { infilledWords } from '../transformation/infilled-words.ts';
import { chosen, type RecipeDefinition, usual } from './definition.ts';

/**
 * CLARE (Li et al. 2021, arXiv:2009.07502). A list of decisions:
 *
 * - Three actions at a word, each with a mask that the masked language model fills in: replace, insert after it, merge with the
 *   next (§2.2); tokens below an action's least probability are left out.
 * - At each step the edit that lowers the score most, at any place not edited before, is made (§2.3).
 */
export const clare: RecipeDefinition = {
  id: 'clare',
  summary:
    'words replaced, put in and merged by a masked language model, the best place of all at each step (Li et al. 2021)',
  asksMaskedLm: true,
  presets: {
    default: {
      maxCandidates: 50, // TextAttack's recipe
      maxChangeRate: 1, // no limit in the paper
      similarity: ['none'], // the masked LM alone proposes
      similarityThreshold: 0.7,
      antonyms: 'none',
      stopWords: functionWords, // TextAttack's recipe leaves them alone
    },
  },
  departures: {
    default: [
      {
        what: 'sentence similarity',
        default: 'not looked at',
        there: 'that of the Universal Sentence Encoder at least 0.7 in a window of 15 (§2.3)',
      },
      {
        what: 'places',
        default: 'ranked anew at each step (TextAttack)',
        there: 'ranked once, on the clean text (Algorithm 1)',
      },
      {
        what: 'merged words',
        default: 'any two neighbours',
        there: 'those of certain parts of speech (§2.2)',
      },
    ],
  },
  build: (choices) => {
    const { maxCandidates: topK, maxChangeRate: rate, meaning } = choices;
    return {
      ...usual,
      ...chosen(choices),
      ...{ id: 'clare', version: 1, source: 'Li et al. 2021, arXiv:2009.07502' },
      goal: untargeted,
      search: beam({ width: 1 }),
      transformations: [
        infilledWords({ action: 'replace', topK, minConfidence: 5e-4, everyPlace: true }), // its code
        infilledWords({ action: 'insert-after', topK, minConfidence: 0, everyPlace: true }),
        infilledWords({ action: 'merge', topK, minConfidence: 5e-3, everyPlace: true }),
      ],
      constraints: [maxChangeRate(rate), wholeWord, ...meaning],
    };
  },
};
