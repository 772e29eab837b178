import { alignLabels } from '../../data/align-labels.ts';
import type { Dataset } from '../../data/dataset.ts';
import { type DatasetName, namedDatasets } from '../../data/datasets.ts';
import { duplicateRemarks } from '../../data/duplicates.ts';
import { openNamedDataset } from '../../data/named-dataset.ts';
import { openDataset } from '../../data/open-dataset.ts';
import { columnsOf, type DataFile, type DataRole, splitOf } from '../../options/data.ts';
import { kebabCase } from '../../options/names.ts';
import { resolveDataFile } from '../../pretrained/resolve-data-file.ts';
import type { ResolveModelOptions } from '../../pretrained/resolve-model.ts';
import { datasetRemarks } from '../terminal/say.ts';

/** The options that say where labelled texts come from. */
export type DataOptions = Parameters<typeof columnsOf>[0] & {
  readonly [file in DataFile]?: string | undefined;
} & {
  readonly dataset?: DatasetName | undefined;
  readonly dataDir?: string | undefined;
  readonly maxSeqLength?: number | undefined;
  readonly labels?: readonly string[] | undefined;
};

/**
 * A reader of labelled texts by what they are for: from the file given for it, else from `--dataset`; nothing where
 * there is neither. `--labels` says what the file calls the classes, `labels` what whoever asks does; where they share no
 * name, classes are matched by their numbers.
 * @returns a function that throws what `openDataset`, `openNamedDataset` and `alignLabels` do
 */
export function setReader(options: DataOptions, access: ResolveModelOptions) {
  const { dataset, dataDir } = options;
  const named =
    dataset === undefined || dataDir === undefined ? undefined : openNamedDataset(dataset, { dataDir });
  return async (
    role: DataRole,
    p: { readonly labels?: readonly string[] | undefined; readonly requireClasses?: number } = {},
  ): Promise<Dataset | undefined> => {
    const file = options[`${role}File`];
    const { labels, requireClasses } = p;
    if (file === undefined) {
      const data = named?.(splitOf[role]);
      const lists = [options.labels, labels].filter((list) => list !== undefined);
      return data && lists.reduce(alignLabels, data);
    }
    const names = options.labels ?? labels;
    const found = await openDataset(await resolveDataFile(file, access), {
      ...columnsOf(options),
      ...(names !== undefined && { labels: names }),
      ...(requireClasses !== undefined && { requireClasses }),
    });
    const data = { ...found, path: file };
    return labels === undefined ? data : alignLabels(data, labels);
  };
}

/** What was given in place of what `--dataset` says, a line each. */
export function overrideRemarks(options: DataOptions, given: ReadonlySet<string>): readonly string[] {
  const { dataset, maxSeqLength, labels } = options;
  if (dataset === undefined) return [];
  const own = namedDatasets[dataset];
  const roles = (Object.keys(splitOf) as DataRole[]).filter((role) => options[`${role}File`] !== undefined);
  return [
    ...roles.map((role) => {
      const flag = `--${kebabCase(`${role}File`)} ${options[`${role}File`]}`;
      return `${flag} is read in place of the ${splitOf[role]} texts of --dataset ${dataset}.`;
    }),
    ...(given.has('maxSeqLength') && maxSeqLength !== own.maxSeqLength
      ? [`--max-seq-length is ${maxSeqLength} in place of ${own.maxSeqLength}, that of --dataset ${dataset}.`]
      : []),
    ...(given.has('labels') && labels !== undefined
      ? [
          `--labels ${labels.join(' ')} are used in place of ${own.labels.join(' ')}, those of --dataset ${dataset}.`,
        ]
      : []),
  ];
}

/** What to say about the texts of a run: each set's columns, counts and warnings, and texts that occur twice. */
export const setRemarks = (
  sets: Readonly<Partial<Record<DataRole, Dataset | undefined>>>,
): readonly string[] => {
  const present = Object.entries(sets).flatMap(([role, data]) =>
    data === undefined ? [] : [{ role, data }],
  );
  return [
    ...present.flatMap(({ data }) => datasetRemarks(data)),
    ...duplicateRemarks(
      present.map(({ role, data }) => ({ name: `${role} texts`, examples: data.examples })),
    ),
  ];
};
