/**
 * `vda/attack`: attacks any classifier that answers with logits or probabilities, and says what held, wherever JavaScript runs. No Node
 * module is in it; lexica are read from bytes or text that the caller has fetched.
 *
 *     const wordnet = createWordnet(() => decodeWordnet(bytes), () => 'WordNet 3.1, as vda ships it');
 *     const recipe = createRecipe('bert-attack', { wordnet, queryBudget: 500 });
 *     for await (const ended of attackMany(examples, { recipe, victim, maskedLm }))
 *       records.push(toRecord(ended, { labels: victim.labels, recipe }));
 *     console.log(attackMetrics(records).attAcc); // { value, low, high }
 */

export { keepsArticle } from './attacks/constraints/article.ts';
export { maxChangeRate } from './attacks/constraints/change-rate.ts';
export {
  type Change,
  type Constraint,
  type Place,
  type WordConstraint,
  type WordRule,
  wordConstraint,
} from './attacks/constraints/constraint.ts';
export { noHomoglyphs } from './attacks/constraints/homoglyphs.ts';
export { sameInflection } from './attacks/constraints/inflection.ts';
export { knownWords } from './attacks/constraints/known-words.ts';
export { maskedFit } from './attacks/constraints/masked-fit.ts';
export { maxWords } from './attacks/constraints/max-words.ts';
export type { SimilarityOptions, UnknownWords } from './attacks/constraints/neighbour-table.ts';
export { oneWord } from './attacks/constraints/one-word.ts';
export { samePartOfSpeech } from './attacks/constraints/part-of-speech.ts';
export { perplexityRatio } from './attacks/constraints/perplexity.ts';
export { proposed } from './attacks/constraints/proposed.ts';
export { repeat } from './attacks/constraints/repeat.ts';
export {
  type SentenceSimilarityOptions,
  sentenceSimilarity,
} from './attacks/constraints/sentence-similarity.ts';
export { functionWords, stopWords } from './attacks/constraints/stop-words.ts';
export { wholeWord } from './attacks/constraints/whole-word.ts';
export { allowedPairs, antonymPairs, type PairsFile } from './attacks/constraints/word-pairs.ts';
export type { WordVectors } from './attacks/constraints/word-vectors.ts';
export { wordnetAntonyms } from './attacks/constraints/wordnet-antonyms.ts';
export { wordnetRelated } from './attacks/constraints/wordnet-related.ts';
export { wordnetSynonyms } from './attacks/constraints/wordnet-synonyms.ts';
export type { Goal, GoalRule } from './attacks/goal/goal.ts';
export { untargeted } from './attacks/goal/untargeted.ts';
export { untargetedByProbability } from './attacks/goal/untargeted-by-probability.ts';
export { lexiconOf, wordnetLexicon } from './attacks/lexicon/lexicons.ts';
export {
  type NeighbourTable,
  parseSimilarity,
  type SimilaritySource,
  similarityConstraint,
} from './attacks/lexicon/similarity-sources.ts';
export {
  type PartOfSpeech,
  type Tagger,
  type WinkNlp,
  type WinkPackages,
  winkTagger,
} from './attacks/lexicon/tagger.ts';
export { createWordnet, type Senses, type Wordnet } from './attacks/lexicon/wordnet.ts';
export {
  decodeWordnet,
  type LemmaPart,
  type Relation,
  type RelationName,
  type WordnetTable,
} from './attacks/lexicon/wordnet-table.ts';
export type {
  MaskedLanguageModel,
  MaskedLmText,
  PieceCandidates,
  WordCandidates,
} from './attacks/masked-lm.ts';
export { type AttackRecipe, recipeIdentity } from './attacks/recipe.ts';
export type { RecipeParts } from './attacks/recipe-parts.ts';
export { type CreateRecipeOptions, createRecipe } from './attacks/recipes/create-recipe.ts';
export {
  type Departure,
  type Lexicon,
  type PresetName,
  type RecipeChoices,
  type RecipeDefinition,
  type RecipeSettings,
  usual,
} from './attacks/recipes/definition.ts';
export { type RecipeName, recipes } from './attacks/recipes/index.ts';
export type { RecipeNames } from './attacks/recipes/recipe-by-name.ts';
export type {
  AttackRecord,
  AttackStatus,
  MemberEnding,
  Refused,
  Rejections,
  WordChange,
} from './attacks/record.ts';
export type { RobustEndings } from './attacks/robust-endings.ts';
export { type AttackManyOptions, attackMany, type EndedAttack } from './attacks/search/attack-many.ts';
export type { AttackOutcome } from './attacks/search/attack-one.ts';
export type { Confirmation } from './attacks/search/confirm-flips.ts';
export type { ExampleTools, Progress, VictimFacts, Vocabulary } from './attacks/search/example-tools.ts';
export { gradientNorm } from './attacks/search/gradient-norm.ts';
export { type GreedyOptions, greedyByImportance } from './attacks/search/greedy-by-importance.ts';
export { type HideBehind, hiding, type Ranking } from './attacks/search/importance.ts';
export {
  type AnswerOf,
  ask,
  type ItemOf,
  type Items,
  type Request,
  type RequestTo,
  type Search,
  type ServiceName,
  type ServiceTypes,
} from './attacks/search/request.ts';
export type { SearchRule } from './attacks/search/search-rule.ts';
export type { SearchStep } from './attacks/search/steps.ts';
export type { AttackContext, Tools } from './attacks/search/tools.ts';
export { weightedSaliency } from './attacks/search/weighted-saliency.ts';
export type { SentenceEncoder } from './attacks/sentence-encoder.ts';
export type { Models } from './attacks/services/index.ts';
export type { Remarks } from './attacks/services/victim.ts';
export { toRecord } from './attacks/to-record.ts';
export { swaps, type Transformation } from './attacks/transformation/transformation.ts';
export type { Logits, Probabilities, Victim, VictimInput } from './attacks/victim.ts';
export type { Combine } from './attacks/victims/add-vote.ts';
export type { Wait } from './attacks/victims/decorate.ts';
export { randomMasks } from './attacks/victims/noise/random-masks.ts';
export { randomSynonyms } from './attacks/victims/noise/random-synonyms.ts';
export type { PaceOptions } from './attacks/victims/pace.ts';
export { withCache } from './attacks/victims/with-cache.ts';
export { type RateLimitOptions, withRateLimit } from './attacks/victims/with-rate-limit.ts';
export { type RetryOptions, withRetry } from './attacks/victims/with-retry.ts';
export { type SmoothingOptions, type WordNoise, withSmoothing } from './attacks/victims/with-smoothing.ts';
export { type VotesOptions, withVotes } from './attacks/victims/with-votes.ts';
export type { Predicted } from './base/constant-predictions.ts';
export { type ErrorCode, VdaError } from './base/error.ts';
export type { Part, Parts } from './base/part.ts';
export type { RandomStream } from './base/random.ts';
export type { Estimate } from './base/statistics.ts';
export type { Dataset, Example } from './data/dataset.ts';
export {
  type AttackMetrics,
  aggregateSeeds,
  attackMetrics,
  type EndingCounts,
  type MeasureName,
  type MetricsOptions,
  metricsOverSeeds,
  type SeedMeans,
} from './evaluation/metrics.ts';
export { type Outcome, outcomeOf, predictionsOf } from './evaluation/outcome.ts';
export {
  correctedForNumber,
  isSignificant,
  type PairedComparison,
  pairedComparison,
  type TestedComparison,
} from './evaluation/paired-comparison.ts';
export { type Slice, slices } from './evaluation/slices.ts';
export type { TextTrait } from './evaluation/text-traits.ts';
export { type Edit, type EditedText, editText } from './text/edited-text.ts';
