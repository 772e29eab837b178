/**
 * How many of an attack's successes are made of pairs of words that a training knew? Att Acc is given again with those left out that consist of
 * known pairs alone: they count as standing, though the attack might have gone on with other words.
 *
 *     node scripts/ts.mjs bench/known-pairs.ts ATTACK… --names NAME… --sources pairs:FILE wordnet
 *
 * ATTACK: folders of `vda attack` on the same texts. --names: one each, as in `vda report`; folders of one name are seeds of one method, a text being one
 * observation. Each method is compared with the first, on the texts that both had right. --sources: as `--candidate-sources` of the training. Words are compared without case and punctuation around them. WordNet counts for whatever words it relates; the
 * training has only those of its vocabulary. A table, then a line of JSON.
 */

import { join } from 'node:path';
import type { AttackRecord } from '../src/attacks/record.ts';
import { splitWord } from '../src/attacks/transformation/word-core.ts';
import { metricsOverSeeds } from '../src/evaluation/metrics.ts';
import { outcomeOf } from '../src/evaluation/outcome.ts';
import { pairedOverRuns } from '../src/evaluation/paired-comparison.ts';
import { points, pointsInterval } from '../src/report/comparison.ts';
import { formatEstimate, formatMeasure, formatPValue } from '../src/report/result-row.ts';
import { readResults } from '../src/runs/results-file.ts';
import { parseCandidateSources } from '../src/strategies/vda/candidate-sources.ts';
import { loadCandidateLexicon } from '../src/training/vda/candidate-lexica.ts';

const lists: Record<'folders' | 'names' | 'sources', string[]> = { folders: [], names: [], sources: [] };
let list = lists.folders;
for (const word of process.argv.slice(2)) {
  if (word === '--names') list = lists.names;
  else if (word === '--sources') list = lists.sources;
  else list.push(word);
}
const { folders } = lists;
const names = lists.names.length === 0 ? folders : lists.names;
const sources = parseCandidateSources(lists.sources);
if (folders.length === 0 || sources.length === 0 || names.length !== folders.length) {
  process.stderr.write(
    'usage: node scripts/ts.mjs bench/known-pairs.ts ATTACK… [--names NAME…, one an attack] --sources pairs:FILE wordnet\n',
  );
  process.exit(2);
}

/** What became of the texts, a run each seed. */
type Runs = readonly (readonly AttackRecord[])[];

const methods = [...new Set(names)];
const attacks: readonly Runs[] = methods.map((method) =>
  folders
    .filter((_, i) => names[i] === method)
    .map((folder) => readResults(join(folder, 'results.jsonl')).records),
);
const core = (word: string): string => splitWord(word).core.toLowerCase();
const targets = [
  ...new Set(attacks.flat(2).flatMap(({ changes }) => changes.map(({ to }) => core(to)))),
].sort();
const lexica = sources.flatMap((source) =>
  source.kind === 'mlm' ? [] : [loadCandidateLexicon(source).lexiconAmong(targets)],
);
const known = ({ from, to }: AttackRecord['changes'][number]): boolean =>
  lexica.some((lexicon) => lexicon.substitutes(core(from), Number.POSITIVE_INFINITY).includes(core(to)));

/** A success by known pairs alone counts as a failure to find one. */
const withoutKnown = (record: AttackRecord): AttackRecord =>
  record.status === 'success' && record.changes.every(known) ? { ...record, status: 'failed' } : record;

const attAcc = (runs: Runs) =>
  formatEstimate(
    metricsOverSeeds(runs.map((records) => records.map((one) => outcomeOf(one)))).attAcc,
    'percent',
  );
const gain = (first: Runs, second: Runs): string => {
  if (first === second) return '';
  const { difference, pValue } = pairedOverRuns(first, second);
  return `${points(difference.value)} ${pointsInterval(difference)}, p ${formatPValue(pValue)}`;
};

const without = attacks.map((runs) => runs.map((records) => records.map(withoutKnown)));
const rows = methods.map((method, i) => {
  const successes = attacks[i]!.flat().filter(({ status }) => status === 'success');
  const pairs = successes.flatMap(({ changes }) => changes);
  return {
    method,
    seeds: attacks[i]!.length,
    successes: successes.length,
    pairsKnown: formatMeasure(pairs.filter(known).length / pairs.length, 'percent'),
    allKnown: successes.filter(({ changes }) => changes.every(known)).length,
    noneKnown: successes.filter(({ changes }) => !changes.some(known)).length,
    attAcc: attAcc(attacks[i]!),
    kept: gain(attacks[0]!, attacks[i]!),
    attAccByUnknown: attAcc(without[i]!),
    keptByUnknown: gain(without[0]!, without[i]!),
  };
});
console.table(rows);
process.stdout.write(`${JSON.stringify({ sources, rows })}\n`);
