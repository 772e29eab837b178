import { maxChangeRate } from '../constraints/change-rate.ts';
import { functionWords } from '../constraints/stop-words.ts';
import { wholeWord } from '../constraints/whole-word.ts';
import { untargeted } from '../goal/untargeted.ts';
import { asksEncoder } from '../recipe.ts';
import { greedyByImportance } from '../search/greedy-by-importance.ts';
import { hiding } from '../search/importance.ts';
import { type Infilling, infilledWords } from '../transformation/infilled-words.ts';
import { chosen, type RecipeDefinition, usual } from './definition.ts';

/**
 * BAE (Garg & Ramakrishnan 2020, arXiv:2004.01970), with one of its operations. A list of decisions:
 *
 * - Importance is the fall when a word is left out (§3).
 * - A mask stands in a word's place (R), or beside it on either side (I), in the text as it then is; the K best whole words of
 *   the masked language model are asked (§3).
 * - Of those that flip the first, likeliest one counts, else the largest fall stays.
 */
const bae = (
  id: string,
  { operation, actions }: { readonly operation: string; readonly actions: readonly Infilling[] },
): RecipeDefinition => ({
  id,
  summary: `${operation} by a masked language model that fills in a mask, most important word first (Garg & Ramakrishnan 2020)`,
  asksMaskedLm: true,
  presets: {
    default: {
      maxCandidates: 50, // K; §4
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
        default: 'looked at where a constraint asks an encoder',
        there: 'that of the Universal Sentence Encoder at least 0.8 (§4)',
      },
      {
        what: 'of several candidates that flip',
        default: 'the likeliest, or with an encoder the most similar',
        there: 'the one of the most similar sentence (§3)',
      },
      ...(actions.includes('replace')
        ? [{ what: 'part of speech', default: 'not looked at', there: 'must be the same (§3)' }]
        : []),
    ],
  },
  build: (choices) => {
    const { maxCandidates: topK, maxChangeRate: rate, meaning } = choices;
    return {
      ...usual,
      ...chosen(choices),
      ...{ id, version: 1, source: 'Garg & Ramakrishnan 2020, arXiv:2004.01970' },
      goal: untargeted,
      search: greedyByImportance({
        ranking: hiding('nothing'),
        asks: asksEncoder({ constraints: meaning }) ? 'all-for-most-similar' : 'all',
      }),
      transformations: actions.map((action) => infilledWords({ action, topK, minConfidence: 0 })),
      constraints: [maxChangeRate(rate), wholeWord, ...meaning],
    };
  },
});

/** BAE-R. */
export const baeReplace = bae('bae', { operation: 'words replaced', actions: ['replace'] });
/** BAE-I. */
export const baeInsert = bae('bae-insert', {
  operation: 'words put in',
  actions: ['insert-before', 'insert-after'],
});
