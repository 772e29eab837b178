import { argument, VdaError } from '../../base/error.ts';
import { checkSettings, type SettingRules, shown } from '../../base/setting-rules.ts';
import { atMostRate, officialRate } from '../constraints/change-rate.ts';
import type { Constraint } from '../constraints/constraint.ts';
import { similarityFile } from '../constraints/similarity-file.ts';
import { functionWords, stopWords } from '../constraints/stop-words.ts';
import { wholeWord } from '../constraints/whole-word.ts';
import { antonymPairs } from '../constraints/word-pairs.ts';
import { wordnetAntonyms } from '../constraints/wordnet-antonyms.ts';
import { wordnetRelated } from '../constraints/wordnet-related.ts';
import { createWordnet } from '../lexicon/wordnet.ts';
import type { AttackRecipe, Fidelity } from '../recipe.ts';
import { onlyFailed, whateverDidNotFlip } from '../robust-endings.ts';
import { dropAndRise, dropOfTrueLabel } from '../search/importance.ts';
import { maskedWords } from '../transformation/masked-words.ts';
import { officialWords } from '../transformation/official-words.ts';
import { splitWord } from '../transformation/word-core.ts';

/** Choices of the attack; what is left out comes from `bertAttackDefaults`. */
export interface BertAttackOptions {
  readonly fidelity?: Fidelity;
  /** K: tokens of the masked language model for each piece of a word, before the filters. */
  readonly candidates?: number;
  /** Largest share of words that may change, 0 to 1. 0 lets none change. */
  readonly maxChangeRate?: number;
  /** Most queries for one example; an attack that would need more ends as `out-of-queries`. Default: no limit. */
  readonly queryBudget?: number;
  /** `wordnet`, `none`, or a path to word vectors or a neighbour table; a candidate must pass each of several. */
  readonly similarity?: readonly string[];
  /** Least cosine for files of word vectors. */
  readonly similarityThreshold?: number;
  /** `wordnet`, `none`, or a path to a file of word pairs. */
  readonly antonyms?: string;
  /** Lower-case words that are neither replaced nor put in. Default: `functionWords`. */
  readonly stopWords?: ReadonlySet<string>;
}

/** The values that stand for what a caller leaves out, by fidelity. */
export const bertAttackDefaults = {
  default: {
    candidates: 48, // K; Li et al. 2020, §4.3, and the published code
    maxChangeRate: 0.4, // published code
    similarity: ['wordnet'], // ours: works offline, keeps meaning
    similarityThreshold: 0.7, // Zhou et al. 2021's attack
    antonyms: 'wordnet', // Li et al. 2020, §3.2, filters antonyms for sentiment; ours for every task
  },
  official: {
    candidates: 48,
    maxChangeRate: 0.4,
    similarity: ['none'], // its counter-fitted vectors cannot ship: give the file
    similarityThreshold: 0.7,
    antonyms: 'none',
  },
} as const satisfies Record<
  Fidelity,
  Required<Omit<BertAttackOptions, 'fidelity' | 'queryBudget' | 'stopWords'>>
>;

/** Where `--fidelity official` and the default part, one by one. */
export const officialDepartures: readonly {
  readonly what: string;
  readonly default: string;
  readonly official: string;
}[] = [
  {
    what: 'text',
    default: 'as it is; spacing and capitals stay',
    official: 'lower-cased, white space made single',
  },
  {
    what: 'words',
    default: 'punctuation that touches a word stays in place',
    official: 'punctuation is part of the word',
  },
  {
    what: 'importance',
    default: 'drop of the true class',
    official: 'the drop, plus the rise of a new class where the prediction flips',
  },
  {
    what: 'words scored',
    default: 'all',
    official: 'all but the last, which is never attacked but counts as a query',
  },
  {
    what: 'stop words',
    default: "the apostrophes ’ and ' are one",
    official: "as written: don’t is not don't",
  },
  { what: 'most changes', default: '⌊rate · n⌋', official: 'int(rate · n) + 1' },
  {
    what: 'words of several pieces',
    default: 'the K best by log-probability in context',
    official: 'the first 24 of 4 candidates a piece, by loss outside their context',
  },
  {
    what: 'candidates',
    default: 'whole words; no special tokens, no punctuation, not the same word in other case',
    official: 'any token but those that go on with a word (##)',
  },
  {
    what: 'word that nothing helped',
    default: 'stays as it was',
    official: 'becomes the last candidate tried, uncounted',
  },
  {
    what: 'similarity',
    default: 'related in WordNet; words that it does not know stay',
    official: 'cosine of vectors where both words are known (none without a file)',
  },
  { what: 'masked LM on a pair', default: 'reads both texts', official: 'reads the attacked text alone' },
  {
    what: 'words of a pair, for Perturb',
    default: 'those of the attacked text, which alone can change',
    official: 'those of both texts',
  },
  {
    what: 'words beyond what the model reads',
    default: 'left out: of the most changes, Perturb and queries',
    official: 'attacked and counted, to no effect',
  },
  { what: 'antonyms', default: 'refused', official: 'allowed' },
  {
    what: 'out of queries, nothing to change, or an exception after the clean text was classified',
    default: 'an ending of its own, not counted as robust',
    official: 'counts as robust, as whatever did not flip',
  },
];

/**
 * BERT-Attack (Li et al. 2020, arXiv:2004.09984), as the attack of Zhou et al. 2021's tables. A list of decisions:
 *
 * - Hidden words become `[UNK]`. Li et al., Eq. 1, write `[MASK]`; the published code and TextAttack's recipe hide
 *   behind `[UNK]`, and the victim has met no `[MASK]` in fine-tuning.
 * - Queries: one a word scored and one a candidate asked. The clean prediction is not counted (published code).
 * - Candidates come from one unmasked pass over the text, K a piece (Li et al., §3.2).
 * - Each word is visited once, most important first; the first flip ends it, else the largest drop stays
 *   (Li et al., Algorithm 1).
 * - No sentence encoder and no threshold on the masked LM's score (both off in the published code).
 * - In pairs the second text is attacked (Zhou et al., §5.1.3); the victim always reads both.
 * - The rest differs between the fidelities: `officialDepartures`.
 *
 * @throws VdaError `usage` for a value out of range; what reading a filter's file throws
 */
export function bertAttack(options: BertAttackOptions = {}): AttackRecipe {
  checkOptions(options);
  const fidelity = options.fidelity ?? 'default';
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const chosen: Chosen = { ...bertAttackDefaults[fidelity], stopWords: functionWords, ...given };
  const { candidates, maxChangeRate, queryBudget } = chosen;
  const meaning = meaningFilters(chosen, fidelity);
  const shared = {
    name: 'bert-attack',
    version: 3, // 1: `failed` stood for `out-of-queries` and `nothing-to-change` too; 2: words beyond what is read counted
    fidelity,
    settings: {
      ...{ fidelity, candidates, maxChangeRate },
      queryBudget: queryBudget ?? null,
    },
    filters: meaning.map(({ name }) => name),
    topK: candidates,
    ...(queryBudget !== undefined && { queryBudget }),
  };
  if (fidelity === 'official') {
    return {
      ...shared,
      prepare: (text) => text.toLowerCase().split(/\s+/).filter(Boolean).join(' '),
      fillsInContext: false,
      countsContext: true,
      countsUnread: true,
      coreOf: (word) => word,
      importance: dropAndRise,
      transformation: officialWords,
      constraints: meaning,
      mayChangeMore: officialRate(maxChangeRate),
      scoresLastWord: false,
      keepsLastTried: true,
      robustEndings: whateverDidNotFlip,
    };
  }
  return {
    ...shared,
    prepare: (text) => text,
    fillsInContext: true,
    countsContext: false,
    countsUnread: false,
    coreOf: (word) => splitWord(word).core,
    importance: dropOfTrueLabel,
    transformation: maskedWords,
    constraints: [wholeWord, ...meaning],
    mayChangeMore: atMostRate(maxChangeRate),
    scoresLastWord: true,
    keepsLastTried: false,
    robustEndings: onlyFailed,
  };
}

type Chosen = Required<Omit<BertAttackOptions, 'fidelity' | 'queryBudget'>> &
  Pick<BertAttackOptions, 'queryBudget'>;

/** The filters that keep meaning, in the order in which they are asked: cheap ones first. */
function meaningFilters(chosen: Chosen, fidelity: Fidelity): readonly Constraint[] {
  const wordnet = createWordnet();
  const unknown = fidelity === 'official' ? 'allow' : 'refuse';
  const similarity = chosen.similarity
    .filter((source) => source !== 'none')
    .map((source) =>
      source === 'wordnet'
        ? wordnetRelated(wordnet)
        : similarityFile(source, { threshold: chosen.similarityThreshold, unknown }),
    );
  const antonyms =
    chosen.antonyms === 'none'
      ? []
      : [chosen.antonyms === 'wordnet' ? wordnetAntonyms(wordnet) : antonymPairs(chosen.antonyms)];
  const asWritten = fidelity === 'official';
  const stops = chosen.stopWords.size > 0 ? [stopWords(chosen.stopWords, { asWritten })] : [];
  return [...stops, ...similarity, ...antonyms];
}

const attackRules = {
  fidelity: { kind: 'choice', choices: bertAttackDefaults, optional: true },
  candidates: { kind: 'integer', min: 1, optional: true },
  maxChangeRate: { kind: 'number', min: 0, max: 1, optional: true },
  queryBudget: { kind: 'integer', min: 0, optional: true },
  similarityThreshold: { kind: 'number', min: -1, max: 1, optional: true },
  antonyms: { kind: 'text', optional: true },
} as const satisfies SettingRules;

/** @throws VdaError `usage` for an option that there is not, or one out of range */
function checkOptions({ similarity, stopWords, ...others }: BertAttackOptions): void {
  checkSettings('bertAttack', others, { rules: attackRules, strict: true });
  const areSources =
    similarity === undefined ||
    (Array.isArray(similarity) &&
      similarity.length > 0 &&
      similarity.every((s) => typeof s === 'string' && s !== ''));
  if (!areSources) {
    throw new VdaError(
      'usage',
      `bertAttack: ${argument('similarity')}: expected a list of wordnet, none or files, got ${shown(similarity)}.`,
    );
  }
  if (stopWords !== undefined && !(stopWords instanceof Set)) {
    throw new VdaError(
      'usage',
      `bertAttack: ${argument('stopWords')}: expected a Set of words, got ${shown(stopWords)}.`,
    );
  }
}
