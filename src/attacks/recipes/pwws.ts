import { maxChangeRate } from '../constraints/change-rate.ts';
import { wholeWord } from '../constraints/whole-word.ts';
import { untargeted } from '../goal/untargeted.ts';
import { byWeightedSaliency } from '../search/by-weighted-saliency.ts';
import { lexiconWords } from '../transformation/lexicon-words.ts';
import { chosen, type RecipeDefinition, requireLexicon, usual } from './definition.ts';

/**
 * PWWS (Ren et al. 2019, ACL 2019, P19-1103): probability-weighted word saliency over WordNet synonyms. A list of decisions:
 *
 * - A word's candidates are the lemmas that share a synset with it (§3.2.1); without a tagger, in any part of speech.
 * - Each word's best candidate and its saliency behind the unknown word are measured on the clean text (Eq. 4 to 6).
 * - Words are replaced by falling saliency-weighted gain until the prediction flips (Eq. 7 and 8, Algorithm 1); no limit.
 */
export const pwws: RecipeDefinition = {
  id: 'pwws',
  summary:
    'words replaced by WordNet synonyms in the order of probability-weighted saliency (Ren et al. 2019)',
  readsLexicon: 'synonyms',
  presets: {
    default: {
      maxCandidates: 1000, // all of them; Ren et al. 2019, §3.2.1
      maxChangeRate: 1, // no limit in the paper
      similarity: ['wordnet'], // Ren et al. 2019, §3.2.1
      similarityThreshold: 0.7,
      antonyms: 'none',
      stopWords: new Set(), // none in the paper
    },
  },
  departures: {
    default: [
      {
        what: 'named entities',
        default: 'left alone',
        there: 'replaced by the entity of that type most frequent in the other classes (§3.2.1)',
      },
      { what: 'synonyms', default: 'of any part of speech', there: "of the word's own part of speech" },
      {
        what: 'gains and saliencies',
        default: "shares of the clean text's score, so that a rescaled model is attacked alike",
        there: 'differences of probabilities',
      },
      { what: 'candidates that lower nothing', default: 'left out', there: 'put in last' },
    ],
  },
  build: (choices) => {
    const { maxCandidates, maxChangeRate: rate, meaning, lexicon } = choices;
    return {
      ...usual,
      ...chosen(choices),
      ...{ id: 'pwws', version: 1, source: 'Ren et al. 2019, ACL 2019 P19-1103' },
      goal: untargeted,
      search: byWeightedSaliency,
      transformations: [lexiconWords(requireLexicon('pwws', lexicon), { most: maxCandidates })],
      constraints: [maxChangeRate(rate), wholeWord, ...meaning],
    };
  },
};
