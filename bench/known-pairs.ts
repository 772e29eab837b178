/**
 * How many of an attack's successes are made of pairs of words that a training knew? Att Acc is given again with those left out that consist of
 * known pairs alone: they count as standing, though the attack might have gone on with other words.
 *
 *     node scripts/ts.mjs bench/known-pairs.ts ATTACK… --sources pairs:FILE wordnet
 *
 * ATTACK: folders of `vda attack` on the same texts; each is compared with the first, on the texts that both models had right. --sources: as
 * `--candidate-sources` of the training. Words are compared without case and punctuation around them. WordNet counts for whatever words it relates; the
 * training has only those of its vocabulary. A table, then a line of JSON.
 */

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { AttackRecord } from '../src/attacks/record.ts';
import { splitWord } from '../src/attacks/transformation/word-core.ts';
import { attackMetrics } from '../src/evaluation/metrics.ts';
import { pairedComparison } from '../src/evaluation/paired-comparison.ts';
import { points, pointsInterval } from '../src/report/comparison.ts';
import { formatEstimate, formatMeasure, formatPValue } from '../src/report/result-row.ts';
import { readResults } from '../src/runs/results-file.ts';
import { parseCandidateSources } from '../src/strategies/vda/candidate-sources.ts';
import { loadCandidateLexicon } from '../src/training/vda/candidate-lexica.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { sources: { type: 'string', multiple: true, default: [] } },
});
// `--sources A B` leaves B among the positionals.
const isSource = (word: string): boolean => word === 'wordnet' || /^(pairs|neighbours):/.test(word);
const folders = positionals.filter((word) => !isSource(word));
const sources = parseCandidateSources([...values.sources, ...positionals.filter(isSource)]);
if (folders.length === 0 || sources.length === 0) {
  process.stderr.write(
    'usage: node scripts/ts.mjs bench/known-pairs.ts ATTACK… --sources pairs:FILE wordnet\n',
  );
  process.exit(2);
}

const attacks = folders.map((folder) => readResults(join(folder, 'results.jsonl')).records);
const core = (word: string): string => splitWord(word).core.toLowerCase();
const targets = [
  ...new Set(attacks.flat().flatMap(({ changes }) => changes.map(({ to }) => core(to)))),
].sort();
const lexica = sources.flatMap((source) =>
  source.kind === 'mlm' ? [] : [loadCandidateLexicon(source).lexiconAmong(targets)],
);
const known = ({ from, to }: AttackRecord['changes'][number]): boolean =>
  lexica.some((lexicon) => lexicon.substitutes(core(from), Number.POSITIVE_INFINITY).includes(core(to)));

/** A success by known pairs alone counts as a failure to find one. */
const withoutKnown = (record: AttackRecord): AttackRecord =>
  record.status === 'success' && record.changes.every(known) ? { ...record, status: 'failed' } : record;

const attAcc = (records: readonly AttackRecord[]) => formatEstimate(attackMetrics(records).attAcc, 'percent');
const gain = (records: readonly (readonly AttackRecord[])[], i: number): string => {
  if (i === 0) return '';
  const { difference, pValue } = pairedComparison(records[0]!, records[i]!);
  return `${points(difference.value)} ${pointsInterval(difference)}, p ${formatPValue(pValue)}`;
};

const without = attacks.map((records) => records.map(withoutKnown));
const rows = folders.map((folder, i) => {
  const successes = attacks[i]!.filter(({ status }) => status === 'success');
  const all = successes.filter(({ changes }) => changes.every(known)).length;
  const none = successes.filter(({ changes }) => !changes.some(known)).length;
  const pairs = successes.flatMap(({ changes }) => changes);
  return {
    folder,
    successes: successes.length,
    pairsKnown: formatMeasure(pairs.filter(known).length / pairs.length, 'percent'),
    allKnown: all,
    noneKnown: none,
    attAcc: attAcc(attacks[i]!),
    kept: gain(attacks, i),
    attAccByUnknown: attAcc(without[i]!),
    keptByUnknown: gain(without, i),
  };
});
console.table(rows);
process.stdout.write(`${JSON.stringify({ sources, rows })}\n`);
