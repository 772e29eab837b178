/**
 * The question behind VDA, measured: which mixture helps, by how much, within what error? Trains and attacks plain
 * fine-tuning and VDA with each mixture at several seeds, then prints one table (seeds averaged) and writes the report.
 * A cell that is finished is not done again, one that was cut goes on: the same command continues.
 *
 *     npm run build
 *     node scripts/mixtures.mjs --output-dir runs/mixtures --seeds 1,2,3 --num-examples 200 \
 *       --model MODEL --mlm MLM --train-file train.tsv --validation-file dev.tsv --test-file test.tsv \
 *       --train="--learning-rate 5e-5 --num-train-epochs 3" --logit="--noise-std 1 --temperature 3"
 *
 * --train: options of every `vda train`; --logit: of the logit mixture alone, chosen on the validation texts;
 * --attack: of every `vda attack`; --mixtures: which rows (default: none,logit,paper,official,mean).
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const built = (path) => new URL(`../dist/${path}`, import.meta.url);
const { values: given } = parseArgs({
  options: Object.fromEntries(
    [
      'output-dir',
      'seeds',
      'num-examples',
      'model',
      'mlm',
      'train-file',
      'validation-file',
      'test-file',
      'train',
      'logit',
      'attack',
      'mixtures',
    ].map((name) => [name, { type: 'string' }]),
  ),
});
const needed = ['output-dir', 'model', 'mlm', 'train-file', 'validation-file', 'test-file'];
const missing = needed.filter((name) => given[name] === undefined);
if (missing.length > 0) {
  process.stderr.write(`mixtures: missing --${missing.join(', --')}; see the head of this file.\n`);
  process.exit(2);
}
const words = (text = '') => text.split(/\s+/).filter((word) => word !== '');
const seeds = (given.seeds ?? '1,2,3').split(',');
// The noise of the paper's and the published code's equations is on probabilities: 0.05, as in the code.
const methods = {
  none: { name: 'BERT', options: [] },
  logit: { name: 'BERT + VDA logit', options: ['--vda', '--mixture', 'logit', ...words(given.logit)] },
  paper: { name: 'BERT + VDA paper', options: ['--vda', '--mixture', 'paper', '--noise-std', '0.05'] },
  official: {
    name: 'BERT + VDA official mixture',
    options: ['--vda', '--mixture', 'official', '--noise-std', '0.05'],
  },
  mean: { name: 'BERT + VDA mean', options: ['--vda', '--mixture', 'mean'] },
};
const chosen = (given.mixtures ?? Object.keys(methods).join(',')).split(',');

const vda = (...argv) => {
  process.stderr.write(`$ vda ${argv.join(' ')}\n`);
  const { status, signal } = spawnSync(process.execPath, [fileURLToPath(built('cli/main.js')), ...argv], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) process.exit(status ?? (signal === 'SIGINT' ? 130 : 1));
};

const rows = [];
for (const seed of seeds) {
  for (const method of chosen) {
    const { name, options } = methods[method];
    const trainFolder = join(given['output-dir'], `${method}-${seed}`);
    const attackFolder = `${trainFolder}-attack`;
    if (!existsSync(join(trainFolder, 'model.safetensors'))) {
      const begun = existsSync(trainFolder) && hasCheckpoint(trainFolder);
      vda(
        ...[
          'train',
          '--model',
          given.model,
          '--train-file',
          given['train-file'],
          '--validation-file',
          given['validation-file'],
        ],
        ...[
          '--output-dir',
          trainFolder,
          '--seed',
          seed,
          '--save-total-limit',
          '1',
          ...words(given.train),
          ...options,
        ],
        ...(options.length > 0 && method !== 'mean' ? ['--mlm', given.mlm] : []),
        ...(begun ? ['--resume-from-checkpoint', 'last'] : []),
      );
    }
    vda(
      ...['attack', '--model', trainFolder, '--mlm', given.mlm, '--test-file', given['test-file']],
      ...[
        '--num-examples',
        given['num-examples'] ?? '200',
        '--output-dir',
        attackFolder,
        ...words(given.attack),
      ],
    );
    rows.push({ method, name, trainFolder, attackFolder });
  }
}

const { writeReport } = await import(built('report/write-report.js'));
const { renderTable } = await import(built('attacks/results-table.js'));
const ordered = chosen.flatMap((method) => rows.filter((row) => row.method === method));
const { rows: table } = await writeReport({
  file: join(given['output-dir'], 'report.html'),
  title: 'Mixtures of virtual data augmentation',
  rows: ordered.map(({ name, trainFolder, attackFolder }) => ({ name, trainFolder, attackFolder })),
});
writeFileSync(join(given['output-dir'], 'table.md'), renderTable(table, 'markdown'));
process.stdout.write(renderTable(table, 'text'));

function hasCheckpoint(folder) {
  return readdirSync(folder).some((name) => /^checkpoint-\d+$/.test(name));
}
