import { expect, test } from 'vitest';
import { type NamedDataset, namedDatasets } from '../../src/data/datasets.ts';
import { pages } from './markdown.ts';

const guide = pages.find(({ path }) => path.endsWith('guide.md'))!;

test.each(Object.entries<NamedDataset>(namedDatasets))(
  'the guide tells what the table of data sets says of %s',
  (name, { labels, sizes, maxSeqLength, attacked }) => {
    const counts = `${sizes.train} / ${sizes.dev} / ${sizes.test}`;
    const row = [`\`${name}\``, labels.join(', '), counts, maxSeqLength, attacked].join(' | ');
    expect(guide.text).toContain(`| ${row} |`);
  },
);
