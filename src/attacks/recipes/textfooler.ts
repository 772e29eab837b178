import { maxChangeRate } from '../constraints/change-rate.ts';
import { functionWords } from '../constraints/stop-words.ts';
import { wholeWord } from '../constraints/whole-word.ts';
import { untargeted } from '../goal/untargeted.ts';
import { asksEncoder } from '../recipe.ts';
import { greedyByImportance } from '../search/greedy-by-importance.ts';
import { hiding } from '../search/importance.ts';
import { lexiconWords } from '../transformation/lexicon-words.ts';
import { chosen, type RecipeDefinition, requireLexicon, usual } from './definition.ts';

/**
 * TextFooler (Jin et al. 2020, arXiv:1907.11932). A list of decisions:
 *
 * - Importance is the fall when a word is left out (Eq. 2); stop words are left alone (§3.1).
 * - A word's candidates are its N nearest neighbours in a lexicon (§3.1), all of which are asked (Algorithm 1, lines 11 to 18).
 * - Of those that flip the prediction the closest counts, else the largest fall stays (lines 19 to 28).
 * - In pairs the second text is attacked: a premise stays as it is (TextAttack's recipe).
 */
export const textFooler: RecipeDefinition = {
  id: 'textfooler',
  summary: 'words replaced by neighbours in a lexicon, most important word first (Jin et al. 2020)',
  readsLexicon: 'related',
  presets: {
    default: {
      maxCandidates: 50, // N; Jin et al. 2020, §3.1
      maxChangeRate: 1, // no limit in the paper
      similarity: ['wordnet'], // its counter-fitted vectors cannot ship: give the file
      similarityThreshold: 0.7, // δ; Jin et al. 2020, §3.1
      antonyms: 'none', // counter-fitted vectors keep opposites apart
      stopWords: functionWords, // Jin et al. 2020, §3.1
    },
  },
  departures: {
    default: [
      {
        what: 'candidates',
        default: 'of the first source of similarity, WordNet unless a file is given',
        there: '50 neighbours among counter-fitted vectors (§3.1)',
      },
      { what: 'part of speech', default: 'not looked at', there: 'must be the same (§3.1)' },
      {
        what: 'sentence similarity',
        default: 'looked at where a constraint asks an encoder',
        there: 'that of the Universal Sentence Encoder must be above ε (§3.1)',
      },
      {
        what: 'of several candidates that flip',
        default: "the first in the lexicon's order, or with an encoder the most similar",
        there: 'the one of the most similar sentence (Algorithm 1, line 21)',
      },
    ],
  },
  build: (choices) => {
    const { maxCandidates, maxChangeRate: rate, meaning, lexicon } = choices;
    return {
      ...usual,
      ...chosen(choices),
      ...{ id: 'textfooler', version: 1, source: 'Jin et al. 2020, arXiv:1907.11932' },
      goal: untargeted,
      search: greedyByImportance({
        ranking: hiding('nothing'),
        asks: asksEncoder({ constraints: meaning }) ? 'all-for-most-similar' : 'all',
      }),
      transformations: [lexiconWords(requireLexicon('textfooler', lexicon), { most: maxCandidates })],
      constraints: [maxChangeRate(rate), wholeWord, ...meaning],
    };
  },
};
