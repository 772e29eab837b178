import { functionWords } from '../constraints/stop-words.ts';
import { untargeted } from '../goal/untargeted.ts';
import { greedyByImportance } from '../search/greedy-by-importance.ts';
import { hiding } from '../search/importance.ts';
import { bugs } from '../transformation/bugs.ts';
import { lexiconWords } from '../transformation/lexicon-words.ts';
import { chosen, type RecipeDefinition, requireLexicon, usual } from './definition.ts';

/**
 * TextBugger (Li et al. 2019, arXiv:1812.05271), against a black box. A list of decisions:
 *
 * - Importance is the fall when a word is left out: TextAttack's recipe.
 * - Five bugs at a word: a space inside, a letter left out, two that change places, one that looks alike (§III-B.2), and the
 *   word's five nearest neighbours. All are asked; the one with the largest fall counts (Algorithm 3).
 */
export const textBugger: RecipeDefinition = {
  id: 'textbugger',
  summary: 'words misspelt or replaced by neighbours, most important word first (Li et al. 2019)',
  readsLexicon: 'related',
  presets: {
    default: {
      maxCandidates: 5, // topk; Li et al. 2019, §III-B.2
      similarity: ['wordnet'], // its GloVe vectors cannot ship: give the file
      similarityThreshold: 0.7,
      stopWords: functionWords, // TextAttack's recipe leaves them alone
    },
  },
  departures: {
    default: [
      {
        what: 'importance',
        default: "fall when a word is left out (TextAttack's recipe)",
        there: 'sentences first, then the same fall within each (Algorithm 2)',
      },
      {
        what: 'neighbours',
        default: 'of the first source of similarity, WordNet unless a file is given',
        there: 'of GloVe vectors (§III-B.2)',
      },
      {
        what: 'sentence similarity',
        default: 'not looked at',
        there: 'that of the Universal Sentence Encoder at least 0.8 (§IV)',
      },
    ],
  },
  build: (choices) => {
    const { maxCandidates, meaning, lexicon } = choices;
    return {
      ...usual,
      ...chosen(choices),
      ...{ id: 'textbugger', version: 1, source: 'Li et al. 2019, arXiv:1812.05271' },
      goal: untargeted,
      search: greedyByImportance({ ranking: hiding('nothing'), asks: 'all-for-largest-fall' }),
      transformations: [bugs, lexiconWords(requireLexicon('textbugger', lexicon), { most: maxCandidates })],
      constraints: meaning,
    };
  },
};
