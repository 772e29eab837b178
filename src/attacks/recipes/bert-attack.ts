import { maxChangeRate, officialChangeRate } from '../constraints/change-rate.ts';
import { functionWords } from '../constraints/stop-words.ts';
import { wholeWord } from '../constraints/whole-word.ts';
import { untargeted } from '../goal/untargeted.ts';
import { untargetedByProbability } from '../goal/untargeted-by-probability.ts';
import type { AttackRecipe } from '../recipe.ts';
import { whateverDidNotFlip } from '../robust-endings.ts';
import { greedyByImportance } from '../search/greedy-by-importance.ts';
import { hiding } from '../search/importance.ts';
import { officialGreedy } from '../search/official-greedy.ts';
import { maskedWords } from '../transformation/masked-words.ts';
import { officialWords } from '../transformation/official-words.ts';
import { chosen, type Departure, type RecipeChoices, type RecipeDefinition, usual } from './definition.ts';

/** Where the preset `official` departs from the default, one by one. */
const officialDepartures: readonly Departure[] = [
  {
    what: 'text',
    default: 'as it is; spacing and capitals stay',
    there: 'lower-cased, white space made single',
  },
  {
    what: 'words',
    default: 'punctuation that touches a word stays in place',
    there: 'punctuation is part of the word',
  },
  {
    what: 'importance',
    default: 'fall of the margin',
    there: 'fall of the true class in probability, plus the rise of a new class where the prediction flips',
  },
  {
    what: 'candidates compared',
    default: 'by margin, in logits',
    there: 'by the probability of the true class',
  },
  {
    what: 'words scored',
    default: 'all',
    there: 'all but the last, which is never attacked but counts as a query',
  },
  {
    what: 'stop words',
    default: "the apostrophes ’ and ' are one",
    there: "as written: don’t is not don't",
  },
  { what: 'most changes', default: '⌊rate · n⌋', there: 'int(rate · n) + 1' },
  {
    what: 'words of several pieces',
    default: 'the K best by log-probability in context',
    there: 'the first 24 of 4 candidates a piece, by loss outside their context',
  },
  {
    what: 'candidates',
    default: 'whole words; no special tokens, no punctuation, not the same word in other case',
    there: 'any token but those that go on with a word (##)',
  },
  {
    what: 'word that nothing helped',
    default: 'stays as it was',
    there: 'becomes the last candidate tried, uncounted',
  },
  {
    what: 'similarity',
    default: 'related in WordNet; words that it does not know stay',
    there: 'cosine of vectors where both words are known (none without a file)',
  },
  { what: 'masked LM on a pair', default: 'reads both texts', there: 'reads the attacked text alone' },
  {
    what: 'words of a pair, for Perturb',
    default: 'those of the attacked text, which alone can change',
    there: 'those of both texts',
  },
  {
    what: 'words beyond what the model reads',
    default: 'left out: of the most changes, Perturb and queries',
    there: 'attacked and counted, to no effect',
  },
  { what: 'antonyms', default: 'refused', there: 'allowed' },
  {
    what: 'out of queries, nothing to change, or an exception after the clean text was classified',
    default: 'an ending of its own, not counted as robust',
    there: 'counts as robust, as whatever did not flip',
  },
];

const paperDepartures: readonly Departure[] = [
  { what: 'importance', default: 'words hidden behind [UNK]', there: 'behind [MASK] (Eq. 1)' },
  { what: 'similarity', default: 'related in WordNet', there: 'none: the masked LM alone proposes (§3.2)' },
];

/**
 * BERT-Attack (Li et al. 2020, arXiv:2004.09984), as the attack of Zhou et al. 2021's tables. A list of decisions:
 *
 * - Hidden words become `[UNK]`. Li et al., Eq. 1, write `[MASK]` (preset `paper`); the published code and TextAttack's recipe
 *   hide behind `[UNK]`, and the victim has met no `[MASK]` in fine-tuning.
 * - Queries: one a word scored and one a candidate asked. The clean prediction is not counted (published code).
 * - Candidates come from one unmasked pass over the text, K a piece (Li et al., §3.2).
 * - Each word is visited once, most important first; the first flip ends it, else the largest drop stays
 *   (Li et al., Algorithm 1). Drops are of the margin, not of the probability that Li et al. compare.
 * - No sentence encoder and no threshold on the masked LM's score (both off in the published code).
 * - In pairs the second text is attacked (Zhou et al., §5.1.3); the victim always reads both.
 * - The rest differs between the presets: `departures`.
 */
export const bertAttack: RecipeDefinition = {
  id: 'bert-attack',
  summary:
    'words replaced by proposals of a masked language model, most important word first (Li et al. 2020)',
  asksMaskedLm: true,
  presets: {
    default: {
      maxCandidates: 48, // K; Li et al. 2020, §4.3, and the published code
      maxChangeRate: 0.4, // published code
      similarity: ['wordnet'], // ours: works offline, keeps meaning
      similarityThreshold: 0.7, // Zhou et al. 2021's attack
      antonyms: 'wordnet', // Li et al. 2020, §3.2, filters antonyms for sentiment; ours for every task
      stopWords: functionWords, // Li et al. 2020, §3.2
    },
    paper: {
      maxCandidates: 48, // §4.3
      maxChangeRate: 0.4, // the paper gives ε without a value; published code
      similarity: ['none'], // §3.2 has no rule of similarity
      similarityThreshold: 0.7,
      antonyms: 'wordnet', // §3.2, for sentiment
      stopWords: functionWords, // §3.2
    },
    official: {
      maxCandidates: 48,
      maxChangeRate: 0.4,
      similarity: ['none'], // its counter-fitted vectors cannot ship: give the file
      similarityThreshold: 0.7,
      antonyms: 'none',
      stopWords: functionWords,
    },
  },
  departures: { official: officialDepartures, paper: paperDepartures },
  build: (choices) => (choices.preset === 'official' ? official(choices) : general(choices)),
};

/** 1: `failed` stood for `out-of-queries` and `nothing-to-change` too; 2: words beyond what is read counted. */
const named = { id: 'bert-attack', version: 3, source: 'Li et al. 2020, arXiv:2004.09984' } as const;

const general = (choices: RecipeChoices): AttackRecipe => ({
  ...usual,
  ...chosen(choices),
  ...named,
  goal: untargeted,
  search: greedyByImportance({
    ranking: hiding(choices.preset === 'paper' ? 'mask' : 'unk'),
    asks: 'first-flip',
  }),
  transformations: [maskedWords({ topK: choices.maxCandidates })],
  constraints: [maxChangeRate(choices.maxChangeRate), wholeWord, ...choices.meaning],
});

const official = (choices: RecipeChoices): AttackRecipe => ({
  ...chosen(choices),
  ...named,
  goal: untargetedByProbability,
  search: officialGreedy,
  transformations: [officialWords({ topK: choices.maxCandidates })],
  constraints: [officialChangeRate(choices.maxChangeRate), ...choices.meaning],
  prepare: (text) => text.toLowerCase().split(/\s+/).filter(Boolean).join(' '),
  coreOf: (word) => word,
  countsContext: true,
  countsUnread: true,
  robustEndings: whateverDidNotFlip,
});
