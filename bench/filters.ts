/**
 * How well do filters predict what readers say of attacked texts? AUC and acceptance of each filter and profile.
 *
 *     node scripts/ts.mjs bench/filters.ts FILE --encoder DIR --mlm DIR
 *
 * FILE: JSON Lines of texts under attack with readers' ratings (1 to 5, one or a list): `original`, `attacked` (as many words),
 * `label` (0 negative, 1 positive), `review`, `attack`, `sentiment`, `naturalness`. Texts of attack `humanadv`, people told to keep the
 * meaning, are left out, as are words that an attack did not put in the place of a word.
 *
 * - *Label kept*: the mean sentiment lies on the label's side of 3. *Natural*: the mean naturalness is at least 3.
 * - A filter's score for a text is the share of its substitutions that it accepts, each judged on the text with those before it;
 *   where the filter has a number of its own, the least over the substitutions (the largest, of perplexity, with a minus). A
 *   profile's is how far its substitutions come: of its rules about words, in the order in which they are asked, the share that is
 *   passed before the first refuses, on average. Limits of how much may change are no part of scores.
 * - *Accepted*: of the texts, those in which a filter, or a profile with its limits, refuses nothing.
 * - *Within a review*: AUC over pairs of attacked texts of one review, one with its label kept and one without.
 * - Intervals: 2,000 bootstrap draws of reviews, all attacks on a review together; 95 %.
 *
 * The last line is JSON. Nothing of the texts is printed.
 */

import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Change, Constraint } from '../src/attacks/constraints/constraint.ts';
import { samePartOfSpeech } from '../src/attacks/constraints/part-of-speech.ts';
import { perplexityRatios } from '../src/attacks/constraints/perplexity.ts';
import { sentenceSimilarities } from '../src/attacks/constraints/sentence-similarity.ts';
import { functionWords } from '../src/attacks/constraints/stop-words.ts';
import { type Profile, profiles } from '../src/attacks/profiles.ts';
import type { ExampleTools } from '../src/attacks/search/example-tools.ts';
import type { RequestTo, Search } from '../src/attacks/search/request.ts';
import { servicesOf } from '../src/attacks/services/index.ts';
import { createRowMemo } from '../src/attacks/services/row-memo.ts';
import { splitWord } from '../src/attacks/transformation/word-core.ts';
import type { Victim } from '../src/attacks/victim.ts';
import { randomKey, randomStream } from '../src/base/random.ts';
import { quantile } from '../src/base/statistics.ts';
import { createMaskedLm, createSentenceEncoder } from '../src/node-inference.ts';
import { loadMaskedLm } from '../src/pretrained/load-masked-lm.ts';
import { loadSentenceEncoder } from '../src/pretrained/load-sentence-encoder.ts';
import { loadMeaning } from '../src/runs/lexica/load-constraints.ts';
import { englishTagger } from '../src/runs/lexica/load-tagger.ts';
import { loadConstraints } from '../src/runs/lexica/named-constraints.ts';
import { editText, withEdit } from '../src/text/edited-text.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { encoder: { type: 'string' }, mlm: { type: 'string' } },
});
const [file] = positionals;
if (file === undefined || values.encoder === undefined || values.mlm === undefined) {
  process.stderr.write('usage: node scripts/ts.mjs bench/filters.ts FILE --encoder DIR --mlm DIR\n');
  process.exit(2);
}

interface Row {
  readonly review: number | string;
  readonly attack: string;
  readonly label: number;
  readonly original: string;
  readonly attacked: string;
  readonly sentiment: number | readonly number[];
  readonly naturalness: number | readonly number[];
  readonly sentimentOriginal?: number | readonly number[];
}

/** A text with what readers said, its substitutions, and what was asked about each. */
interface Case {
  readonly review: string;
  readonly kept: boolean;
  readonly natural: boolean;
  /** How clearly readers found the original's sentiment on its label's side. */
  readonly clarity: number;
  readonly words: number;
  readonly changes: readonly Change[];
}

const mean = (ratings: number | readonly number[]): number => {
  const all = [ratings].flat() as number[];
  return all.reduce((sum, one) => sum + one, 0) / all.length;
};

function caseOf(row: Row): Case | undefined {
  const [before, after] = [row.original, row.attacked].map((text) => text.split(/\s+/).filter(Boolean));
  if (row.attack === 'humanadv' || before!.length !== after!.length) return undefined;
  let text = editText(before!.join(' '));
  const changes: Change[] = [];
  before!.forEach((word, start) => {
    const to = after![start]!;
    if (to === word) return;
    const edit = { start, end: start + 1, to };
    const original = text;
    text = withEdit(text, edit);
    changes.push({ edit, original, edited: text, from: splitWord(word).core, to: splitWord(to).core });
  });
  const sentiment = mean(row.sentiment);
  return {
    ...{ review: String(row.review), words: before!.length, changes },
    kept: row.label === 1 ? sentiment > 3 : sentiment < 3,
    natural: mean(row.naturalness) >= 3,
    clarity: (mean(row.sentimentOriginal ?? Number.NaN) - 3) * (row.label === 1 ? 1 : -1),
  };
}

const rows = readFileSync(file, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Row);
const cases = rows.map(caseOf).filter((one) => one !== undefined && one.changes.length > 0) as Case[];

const encoder = createSentenceEncoder(await loadSentenceEncoder(values.encoder), { workerProcesses: true });
const maskedLm = createMaskedLm(await loadMaskedLm(values.mlm), { workerProcesses: true });
const victim: Victim = {
  ...{ labels: [], unkToken: '', answers: 'logits' },
  classify: () => Promise.reject(new Error('No filter asks a victim.')),
};
const services = servicesOf({ victim, encoder, maskedLm }, createRowMemo(1));

/** Searches side by side: what they ask of a service is answered in one call. */
async function together<T>(searches: readonly Search<T>[]): Promise<readonly T[]> {
  const found: T[] = [];
  const steps = new Map(searches.map((search, i) => [i, search.next()]));
  while (steps.size > 0) {
    const asked = [...steps].flatMap(([i, step]) => {
      if (!step.done) return [{ i, ...(step.value as RequestTo<'sentenceVectors'>) }];
      found[i] = step.value;
      steps.delete(i);
      return [];
    });
    for (const service of new Set(asked.map((request) => request.service))) {
      const own = asked.filter((request) => request.service === service);
      const answers = await services[service].answer(own.flatMap(({ items }) => items as readonly string[]));
      let next = 0;
      for (const { i, items } of own) {
        steps.set(i, searches[i]!.next(answers.slice(next, next + items.length)));
        next += items.length;
      }
    }
  }
  return found;
}

const changesOf = cases.map(({ changes }) => changes);
const measures = {
  window: await together(
    changesOf.map((changes) =>
      sentenceSimilarities(changes, { measure: 'angular', window: 15, against: 'current' }),
    ),
  ),
  whole: await together(
    changesOf.map((changes) => sentenceSimilarities(changes.slice(-1), { measure: 'cosine' })),
  ),
  perplexity: await together(changesOf.map((changes) => perplexityRatios(changes))),
};

/** By rule that asks a model and by case, what it says of each substitution. */
const judged = new Map<string, readonly (readonly boolean[])[]>();
const keyOf = ({ id, settings }: Constraint): string => JSON.stringify([id, settings]);

async function loadJudged(said: readonly string[]): Promise<readonly Constraint[]> {
  const rules = loadConstraints(said);
  for (const rule of rules) {
    const { judge } = rule;
    if (judge === undefined || judged.has(keyOf(rule))) continue;
    const searches = cases.map(({ changes }) => {
      const text = editText(changes[0]!.original.original.join(' '));
      const tools = {
        vocabulary: maskedLm,
        progress: { text },
        remember: (_: unknown, make: () => unknown) => make(),
      };
      return judge(changes, tools as unknown as ExampleTools);
    });
    judged.set(keyOf(rule), await together(searches));
  }
  return rules;
}

/** Whether a rule accepts each substitution of a case. */
function verdictsOf(rule: Constraint, at: number): readonly boolean[] {
  if (rule.judge !== undefined) return judged.get(keyOf(rule))![at]!;
  const { changes, words } = cases[at]!;
  return changes.map(
    (change, i) =>
      (rule.limit?.({ changed: i, words }) ?? true) &&
      (rule.before?.({ text: change.original, index: change.edit.start, word: change.from }) ?? true) &&
      (rule.after?.(change) ?? true),
  );
}

interface Scores {
  readonly scores: readonly number[];
  /** By case, whether each of its substitutions is accepted. */
  readonly accepted: readonly (readonly boolean[])[];
}

const share = (verdicts: readonly boolean[]): number => verdicts.filter(Boolean).length / verdicts.length;
const allOf = (rules: readonly Constraint[]) =>
  cases.map(({ changes }, at) => {
    const each = rules.map((rule) => verdictsOf(rule, at));
    return changes.map((_, i) => each.every((verdicts) => verdicts[i]));
  });
const byShare = (rules: readonly Constraint[]): Scores => {
  const accepted = allOf(rules);
  return { accepted, scores: accepted.map(share) };
};
const byLeast = (found: readonly (readonly number[])[], passes: (value: number) => boolean): Scores => ({
  scores: found.map((own) => Math.min(...own)),
  accepted: found.map((own) => own.map(passes)),
});

const base = {
  similarity: ['none'],
  similarityThreshold: 0.7,
  antonyms: 'none',
  stopWords: new Set<string>(),
};
const named = async (...said: readonly string[]) => byShare(await loadJudged(said));
const filters: Readonly<Record<string, Scores>> = {
  'stop words': byShare(loadMeaning({ ...base, stopWords: functionWords })),
  'related in WordNet': byShare(loadMeaning({ ...base, similarity: ['wordnet'] })),
  'no antonyms (WordNet)': byShare(loadMeaning({ ...base, antonyms: 'wordnet' })),
  'related, no antonyms': byShare(loadMeaning({ ...base, similarity: ['wordnet'], antonyms: 'wordnet' })),
  'synonyms=1': await named('synonyms=1'),
  'synonyms=2': await named('synonyms=2'),
  'synonyms=4': await named('synonyms=4'),
  'known-words': await named('known-words'),
  'one-word': await named('one-word'),
  article: await named('article'),
  'part-of-speech': await named('part-of-speech'),
  'part-of-speech, noun and verb alike': byShare([samePartOfSpeech(englishTagger(), { nounVerb: true })]),
  inflection: await named('inflection'),
  'proposed=10': await named('proposed=10'),
  'proposed=48': await named('proposed=48'),
  'masked-fit=3': await named('masked-fit=3'),
  'sentence-similarity=0.84': byLeast(measures.window, (similarity) => similarity >= 0.84),
  'text-similarity=0.9': byLeast(measures.whole, (similarity) => similarity >= 0.9),
  'perplexity=3': byLeast(
    measures.perplexity.map((own) => own.map((ratio) => -ratio)),
    (minus) => -minus <= 3,
  ),
  'change-rate=0.2, by fewest words': {
    ...(await named('change-rate=0.2')),
    scores: cases.map(({ changes, words }) => -changes.length / words),
  },
};

const ofProfile = async ({ settings, stopWords, limits, words }: Profile): Promise<Scores> => {
  const { similarity = ['wordnet'], antonyms = 'none' } = settings;
  const meaning = [
    ...loadMeaning({ ...base, similarity, antonyms, stopWords: stopWords ? functionWords : base.stopWords }),
    ...(await loadJudged(words)),
  ];
  const scores = cases.map(({ changes }, at) => {
    const each = meaning.map((rule) => verdictsOf(rule, at));
    const passed = changes.map((_, i) => {
      const refused = each.findIndex((verdicts) => !verdicts[i]);
      return refused < 0 ? 1 : refused / meaning.length;
    });
    return mean(passed);
  });
  return { scores, accepted: allOf([...meaning, ...(await loadJudged(limits))]) };
};

/** What no filter could know: how readers found the original, and the other attacked texts of the review. */
const everything = cases.map(({ changes }) => changes.map(() => true));
const oracles: Readonly<Record<string, Scores>> = {
  'readers: clarity of the original': { scores: cases.map(({ clarity }) => clarity), accepted: everything },
  'readers: label kept in the other texts of the review': {
    accepted: everything,
    scores: cases.map((own) => {
      const others = cases.filter((one) => one !== own && one.review === own.review);
      return others.filter(({ kept }) => kept).length / Math.max(1, others.length);
    }),
  },
};

/** The probability that a text of one kind scores higher than one of the other, halves for ties: Mann-Whitney's U over all pairs. */
function auc(at: readonly number[], scores: readonly number[], isGood: (one: Case) => boolean): number {
  const sorted = at.toSorted((a, b) => scores[a]! - scores[b]!);
  let [good, wins] = [0, 0];
  for (let i = 0; i < sorted.length; ) {
    let end = i;
    let own = 0;
    while (end < sorted.length && scores[sorted[end]!] === scores[sorted[i]!]) {
      if (isGood(cases[sorted[end++]!]!)) own++;
    }
    const [before, equal] = [i - good, end - i - own]; // of the other kind
    wins += own * (before + equal / 2);
    good += own;
    i = end;
  }
  return wins / (good * (sorted.length - good));
}

/** As {@link auc}, over pairs of texts of one review alone: how clear the review was plays no part. */
function aucWithin(scores: readonly number[]): number {
  let [pairs, wins] = [0, 0];
  for (const own of byReview) {
    for (const good of own.filter((i) => cases[i]!.kept)) {
      for (const bad of own.filter((i) => !cases[i]!.kept)) {
        pairs++;
        wins += scores[good]! > scores[bad]! ? 1 : scores[good] === scores[bad] ? 0.5 : 0;
      }
    }
  }
  return wins / pairs;
}

const everyCase = cases.map((_, i) => i);
const reviews = [...new Set(cases.map(({ review }) => review))];
const byReview = reviews.map((review) => everyCase.filter((i) => cases[i]!.review === review));
const stream = randomStream(randomKey(1, 'bench filters'));
const draws = Array.from({ length: 2000 }, () =>
  byReview.flatMap(() => byReview[stream.nextInt(byReview.length)]!),
);

const rounded = (value: number) => Math.round(value * 1000) / 1000;
function said({ scores, accepted }: Scores) {
  const drawn = draws
    .map((at) => auc(at, scores, ({ kept }) => kept))
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  return {
    auc: rounded(auc(everyCase, scores, ({ kept }) => kept)),
    low: rounded(quantile(drawn, 0.025)),
    high: rounded(quantile(drawn, 0.975)),
    within: rounded(aucWithin(scores)),
    naturalness: rounded(auc(everyCase, scores, ({ natural }) => natural)),
    acceptance: rounded(share(accepted.flat())),
    texts: rounded(share(accepted.map((own) => own.every(Boolean)))),
  };
}

const ofProfiles: Record<string, ReturnType<typeof said>> = {};
for (const [name, one] of Object.entries(profiles)) ofProfiles[name] = said(await ofProfile(one));
const results = {
  profiles: ofProfiles,
  filters: Object.fromEntries(Object.entries(filters).map(([name, one]) => [name, said(one)])),
  oracles: Object.fromEntries(
    Object.entries(oracles).map(([name, one]) => [name, { ...said(one), within: undefined }]),
  ),
};

const [kept, natural] = [cases.filter((one) => one.kept).length, cases.filter((one) => one.natural).length];
const lines = [
  `${cases.length} texts of ${byReview.length} reviews; label kept in ${kept}, natural ${natural}.`,
  '',
  '| | AUC label kept | 95 % | within a review | AUC natural | substitutions accepted | texts accepted |',
  '|---|---|---|---|---|---|---|',
  ...Object.entries({ ...results.profiles, ...results.filters, ...results.oracles }).map(
    ([name, one]) =>
      `| ${name} | ${one.auc.toFixed(2)} | ${one.low.toFixed(2)} to ${one.high.toFixed(2)} | ${one.within?.toFixed(2) ?? '–'} | ${one.naturalness.toFixed(2)} | ${(100 * one.acceptance).toFixed(0)} % | ${(100 * one.texts).toFixed(0)} % |`,
  ),
  '',
  JSON.stringify(results),
];
process.stdout.write(`${lines.join('\n')}\n`);
process.exit(0);
