import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { argument, VdaError } from '../base/error.ts';
import { checkSettings } from '../base/setting-rules.ts';
import { contentHashOf } from '../files/content-hash.ts';
import type { Dataset } from './dataset.ts';
import { type DatasetName, type NamedDataset, namedDatasets, type Original, type Split } from './datasets.ts';
import { drawSplits } from './draw-splits.ts';
import { loadDataset } from './load-dataset.ts';
import { oneClassRemarks } from './one-class.ts';
import { isThere, type OriginalExample, readOriginal } from './original-files.ts';
import { stratifiedOrder } from './stratified-order.ts';

/** Endings of files in the plain format, the first found is read. */
const plainEndings = ['tsv', 'csv', 'jsonl'].flatMap((ending) => [`.${ending}`, `.${ending}.gz`]);

/**
 * Opens a data set by name: gives its splits, with its own labels.
 *
 * Files are looked for in `dataDir` and in the folders of the data set's usual names inside it. The original
 * distribution's files go before the plain format (`train`, `dev` and `test` as `.tsv`, `.csv` or `.jsonl`, each also
 * gzipped, with a column `label` and the data set's text columns). Splits that the original does not have are drawn
 * from what it has ({@link drawSplits}) and stay in the order drawn, stratified by class ({@link stratifiedOrder}). A pool
 * is read once, however many splits come from it.
 *
 * Warnings of a split say how it was drawn, and where its size is not that of the paper's Table 1.
 *
 * @throws VdaError (from the function returned) `not-found` naming what was looked for where; and what reading throws
 */
export function openNamedDataset(
  name: DatasetName,
  { dataDir }: { readonly dataDir: string },
): (split: Split) => Dataset {
  const rules = { name: { kind: 'choice', choices: namedDatasets }, dataDir: { kind: 'text' } } as const;
  checkSettings('openNamedDataset', { name, dataDir }, { rules });
  const dataset: NamedDataset = namedDatasets[name];
  const pools = new Map<string, readonly OriginalExample[]>();
  const poolOf = (key: string, read: () => readonly OriginalExample[]) => {
    if (!pools.has(key)) pools.set(key, read());
    return pools.get(key)!;
  };
  return (split) => {
    let misfit = '';
    for (const folder of foldersOf(dataset, dataDir)) {
      for (const original of dataset.originals) {
        const pool = original.from[split];
        const files = original.pools[pool]!;
        if (!files.every((file) => isThere(file, folder))) continue;
        const path = files.length === 1 ? join(folder, files[0]!.path) : folder;
        const examples = poolOf(`${folder} ${original.source} ${pool}`, () =>
          files.flatMap((file) => readOriginal(file, folder)),
        );
        return drawn(examples, { name, dataset, original, split, path });
      }
      try {
        const data = plain(dataset, { folder, split });
        if (data !== undefined) return data;
      } catch (thrown) {
        if (!(thrown instanceof VdaError) || thrown.code !== 'usage') throw thrown;
        misfit = ` ${thrown.marked}`; // a file of that name with other columns, such as GLUE's test.tsv
      }
    }
    throw notFound(name, { dataset, dataDir, split, misfit });
  };
}

const foldersOf = ({ folders }: NamedDataset, dataDir: string): readonly string[] => [
  ...folders.map((folder) => join(dataDir, folder)),
  dataDir,
];

const textColumns = ({ columns }: NamedDataset): readonly string[] => [
  columns.text,
  ...(columns.textPair === undefined ? [] : [columns.textPair]),
];

/**
 * A split in the plain format; nothing where the folder has no file of its name.
 * @throws VdaError `usage` when its columns are not the data set's; and what reading throws
 */
function plain(
  dataset: NamedDataset,
  { folder, split }: { readonly folder: string; readonly split: Split },
): Dataset | undefined {
  const path = plainEndings.map((ending) => join(folder, split + ending)).find((file) => existsSync(file));
  if (path === undefined) return undefined;
  const { text, textPair } = dataset.columns;
  const data = loadDataset(path, {
    labels: dataset.labels,
    labelColumn: 'label',
    textColumn: text,
    ...(textPair !== undefined && { textPairColumn: textPair }),
  });
  const warnings = [...data.warnings, ...sizeRemark(data.examples.length, { path, dataset, split })];
  return { ...data, warnings };
}

function drawn(
  pool: readonly OriginalExample[],
  p: {
    readonly name: DatasetName;
    readonly dataset: NamedDataset;
    readonly original: Original;
    readonly split: Split;
    readonly path: string;
  },
): Dataset {
  const { name, dataset, original, split, path } = p;
  const from = original.from[split];
  const sharing = (Object.keys(original.from) as Split[]).filter((other) => original.from[other] === from);
  const sizes = Object.fromEntries(sharing.map((other) => [other, dataset.sizes[other]]));
  const own = drawSplits(pool.length, { sizes, name: `${name} ${from}` })[split]!;
  const isDrawn = sharing.length > 1 || own.length < pool.length;
  const classes = pool.map(({ label }) => label);
  const indices = isDrawn ? stratifiedOrder(classes, { order: own }) : own;
  const unescaped = (text: string) =>
    (original.escapes ?? []).reduce((result, [from, to]) => result.replaceAll(from, to), text);
  const examples = indices.map((index, id) => {
    const { text, textPair, label } = pool[index]!;
    return {
      id,
      text: unescaped(text),
      ...(textPair !== undefined && { textPair: unescaped(textPair) }),
      label,
    };
  });
  const drawRemark = `${path}: ${split} is ${indices.length} of ${pool.length} examples, drawn by a fixed shuffle.`;
  return {
    examples,
    labels: dataset.labels,
    path,
    sha256: contentHashOf(
      examples.map(({ text, textPair, label }) => JSON.stringify([label, text, textPair])),
    ),
    columns: { ...dataset.columns, label: 'label' },
    ...(isDrawn && { drawn: true }),
    warnings: [
      ...(isDrawn ? [drawRemark] : []),
      ...sizeRemark(examples.length, { path, dataset, split }),
      ...oneClassRemarks(examples, { what: `${path}, ${split}`, labels: dataset.labels }),
    ],
  };
}

const sizeRemark = (
  count: number,
  { path, dataset, split }: { readonly path: string; readonly dataset: NamedDataset; readonly split: Split },
): readonly string[] =>
  count === dataset.sizes[split]
    ? []
    : [
        `${path}: ${split} has ${count} examples, in Table 1 of the VDA paper it has ${dataset.sizes[split]}.`,
      ];

function notFound(
  name: DatasetName,
  p: {
    readonly dataset: NamedDataset;
    readonly dataDir: string;
    readonly split: Split;
    readonly misfit: string;
  },
): VdaError {
  const { dataset, dataDir, split, misfit } = p;
  const layouts = [
    `${split}.tsv, .csv or .jsonl (each also .gz) with the columns ${['label', ...textColumns(dataset)].join(', ')}`,
    ...dataset.originals.map(({ source, pools, from }) => {
      const paths = pools[from[split]]!.map(({ path }) => path);
      return `${source} ${paths.join(' and ')}`;
    }),
  ];
  const inside = dataset.folders.map((folder) => join(dataDir, folder)).join(', ');
  return new VdaError(
    'not-found',
    `Data set ${name}: no ${split} texts in ${dataDir}, nor in ${inside}. Looked for ${layouts.join('; or ')}.${misfit} ` +
      `Name the folder that has one of these (${argument('dataDir')}), or give a file of your own.`,
  );
}
