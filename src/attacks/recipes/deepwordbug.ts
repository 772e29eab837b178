import { editDistance } from '../constraints/edit-distance.ts';
import { functionWords } from '../constraints/stop-words.ts';
import { untargeted } from '../goal/untargeted.ts';
import { greedyByImportance } from '../search/greedy-by-importance.ts';
import { hiding } from '../search/importance.ts';
import { misspellings } from '../transformation/misspellings.ts';
import { chosen, type RecipeDefinition, usual } from './definition.ts';

/** ε, most letters of the text that may differ. Source: Gao et al. 2018, §5.2. */
const mostLetters = 30;

/**
 * DeepWordBug (Gao et al. 2018, arXiv:1801.04354). A list of decisions:
 *
 * - A word is misspelt in four ways, one letter each (§4.2); which letter is drawn, once for a word and place.
 * - Importance is the fall behind the unknown word, and all four are asked: TextAttack's recipe.
 * - At most 30 letters of the text differ (§5.2).
 */
export const deepWordBug: RecipeDefinition = {
  id: 'deepwordbug',
  summary: 'words misspelt by one letter, most important word first (Gao et al. 2018)',
  presets: {
    default: {
      stopWords: functionWords, // TextAttack's recipe leaves them alone
    },
  },
  departures: {
    default: [
      {
        what: 'importance',
        default: "fall behind the unknown word (TextAttack's recipe)",
        there: 'temporal head and tail scores of recurrent models (§4.1)',
      },
      {
        what: 'misspellings',
        default: 'four at a word, all asked; the one with the largest fall counts',
        there: 'one transformer for the whole text, nothing asked on the way (Algorithm 1)',
      },
      {
        what: 'edit distance',
        default: 'two neighbours that change places count once',
        there: 'twice (Levenshtein)',
      },
    ],
  },
  build: (choices) => {
    const { meaning } = choices;
    return {
      ...usual,
      ...chosen(choices),
      ...{ id: 'deepwordbug', version: 1, source: 'Gao et al. 2018, arXiv:1801.04354' },
      goal: untargeted,
      search: greedyByImportance({ ranking: hiding('unk'), asks: 'all-for-largest-fall' }),
      transformations: [misspellings],
      constraints: [editDistance({ most: mostLetters }), ...meaning],
    };
  },
};
