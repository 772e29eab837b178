import { editDistance } from '../constraints/edit-distance.ts';
import { untargeted } from '../goal/untargeted.ts';
import { greedyByImportance } from '../search/greedy-by-importance.ts';
import { misspellings } from '../transformation/misspellings.ts';
import { type RecipeDefinition, usual } from './definition.ts';

/**
 * DeepWordBug (Gao et al. 2018, arXiv:1801.04354), as a draft: a word is misspelt in four ways, one letter each. Not yet there:
 * its temporal scores of words, in whose place stands the fall behind `[UNK]` (as in TextAttack's recipe).
 */
export const deepWordBug: RecipeDefinition = {
  id: 'deepwordbug',
  summary: 'words misspelt by one letter, most important word first (Gao et al. 2018; a draft)',
  presets: { default: {} },
  build: ({ preset, queryBudget, meaning }) => ({
    ...usual,
    ...{ id: 'deepwordbug', version: 0, source: 'Gao et al. 2018, arXiv:1801.04354', preset },
    goal: untargeted,
    search: greedyByImportance({ hideBehind: 'unk', asks: 'first-flip' }),
    transformations: [misspellings],
    constraints: [editDistance({ most: 30 }), ...meaning], // ε; Gao et al. 2018, §5.2
    filters: meaning.map(({ name }) => name),
    ...(queryBudget !== undefined && { queryBudget }),
  }),
};
