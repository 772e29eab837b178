import { maxChangeRateAtLeast } from '../constraints/change-rate.ts';
import { functionWords } from '../constraints/stop-words.ts';
import { wholeWord } from '../constraints/whole-word.ts';
import { untargeted } from '../goal/untargeted.ts';
import { gradientNorm } from '../search/gradient-norm.ts';
import { greedyByImportance } from '../search/greedy-by-importance.ts';
import { lexiconWords } from '../transformation/lexicon-words.ts';
import { chosen, type RecipeDefinition, requireLexicon, usual } from './definition.ts';

/** Words that may change in short texts. Source: Yoo & Qi 2021, its published recipe. */
const leastChanges = 4;

/**
 * A2T (Yoo & Qi 2021, arXiv:2109.00544), the attack made for training. A list of decisions:
 *
 * - Words are ranked by the norm of the gradient, one pass forward and back in place of one query a word (§3.2).
 * - A word's candidates are its 20 nearest neighbours (§3.2), all of which are asked; the largest fall counts.
 * - At most a tenth of the words change, 4 at least.
 */
export const a2t: RecipeDefinition = {
  id: 'a2t',
  summary: "words replaced by neighbours in a lexicon, ranked by the model's own gradient (Yoo & Qi 2021)",
  readsLexicon: 'related',
  presets: {
    default: {
      maxCandidates: 20, // §3.2
      maxChangeRate: 0.1, // its published recipe
      similarity: ['wordnet'], // its counter-fitted vectors cannot ship: give the file
      similarityThreshold: 0.8, // its published recipe
      antonyms: 'none', // counter-fitted vectors keep opposites apart
      stopWords: functionWords, // its published recipe leaves them alone
    },
  },
  departures: {
    default: [
      {
        what: 'candidates',
        default: 'of the first source of similarity, WordNet unless a file is given',
        there: '20 neighbours among counter-fitted vectors, or of a masked LM (§3.2)',
      },
      { what: 'part of speech', default: 'not looked at', there: 'must be the same' },
      {
        what: 'sentence similarity',
        default: 'not looked at',
        there: 'that of its sentence encoder at least 0.9',
      },
      { what: 'gradient', default: 'of the margin', there: 'of the loss' },
    ],
  },
  build: (choices) => {
    const { maxCandidates, maxChangeRate: rate, meaning, lexicon } = choices;
    return {
      ...usual,
      ...chosen(choices),
      ...{ id: 'a2t', version: 1, source: 'Yoo & Qi 2021, arXiv:2109.00544' },
      goal: untargeted,
      search: greedyByImportance({ ranking: gradientNorm, asks: 'all-for-largest-fall' }),
      transformations: [lexiconWords(requireLexicon('a2t', lexicon), { most: maxCandidates })],
      constraints: [maxChangeRateAtLeast(rate, leastChanges), wholeWord, ...meaning],
    };
  },
};
