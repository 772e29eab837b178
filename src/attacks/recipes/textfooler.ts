import { VdaError } from '../../base/error.ts';
import { maxChangeRate } from '../constraints/change-rate.ts';
import { functionWords } from '../constraints/stop-words.ts';
import { wholeWord } from '../constraints/whole-word.ts';
import { untargeted } from '../goal/untargeted.ts';
import { greedyByImportance } from '../search/greedy-by-importance.ts';
import { lexiconWords } from '../transformation/lexicon-words.ts';
import { type RecipeDefinition, usual } from './definition.ts';

/**
 * TextFooler (Jin et al. 2020, arXiv:1907.11932), as a draft: importance by leaving words out, and a word's neighbours in a
 * lexicon, all of which are asked. Not yet there: part of speech, sentence similarity, and the closest of several flips
 * (the first in the lexicon's order is taken).
 */
export const textFooler: RecipeDefinition = {
  id: 'textfooler',
  summary: 'words replaced by neighbours in a lexicon, most important word first (Jin et al. 2020; a draft)',
  readsLexicon: true,
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
  build: ({ preset, maxCandidates, maxChangeRate: rate, queryBudget, meaning, lexicon }) => {
    if (lexicon === undefined) {
      throw new VdaError(
        'usage',
        'The recipe textfooler needs a lexicon, a source of words of similar meaning.',
      );
    }
    return {
      ...usual,
      ...{ id: 'textfooler', version: 0, source: 'Jin et al. 2020, arXiv:1907.11932', preset },
      goal: untargeted,
      search: greedyByImportance({ hideBehind: 'nothing', asks: 'all' }),
      transformations: [lexiconWords(lexicon, { most: maxCandidates })],
      constraints: [maxChangeRate(rate), wholeWord, ...meaning],
      filters: meaning.map(({ name }) => name),
      ...(queryBudget !== undefined && { queryBudget }),
    };
  },
};
