import { maxChangeRate } from '../constraints/change-rate.ts';
import { functionWords } from '../constraints/stop-words.ts';
import { wholeWord } from '../constraints/whole-word.ts';
import { untargeted } from '../goal/untargeted.ts';
import { randomRestarts } from '../search/random-restarts.ts';
import { lexiconWords } from '../transformation/lexicon-words.ts';
import { chosen, type RecipeDefinition, requireLexicon, usual } from './definition.ts';

/** Walks from the clean text; ours. */
const restarts = 3;

/**
 * Random search over the words of a lexicon: the control. A search that ranks words or candidates must leave less accuracy than
 * this one under the same constraints, or its ranking is worth nothing.
 */
export const random: RecipeDefinition = {
  id: 'random',
  summary:
    'words replaced by neighbours in a lexicon, all in random order: the control for every other attack',
  readsLexicon: 'related',
  presets: {
    default: {
      maxCandidates: 50, // as TextFooler
      maxChangeRate: 0.4, // as BERT-Attack
      similarity: ['wordnet'],
      similarityThreshold: 0.7,
      antonyms: 'wordnet',
      stopWords: functionWords,
    },
  },
  build: (choices) => {
    const { maxCandidates, maxChangeRate: rate, meaning, lexicon } = choices;
    return {
      ...usual,
      ...chosen(choices),
      ...{ id: 'random', version: 1, source: 'ours, a control' },
      goal: untargeted,
      search: randomRestarts({ restarts }),
      transformations: [lexiconWords(requireLexicon('random', lexicon), { most: maxCandidates })],
      constraints: [maxChangeRate(rate), wholeWord, ...meaning],
    };
  },
};
