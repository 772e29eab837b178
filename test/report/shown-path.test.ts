import { describe, expect, it, test } from 'vitest';
import { linkTo, shownPath, shownValue, withShownPaths } from '../../src/report/shown-path.ts';

const home = '/home/ada';
const place = { folder: '/home/ada/work', home };

describe('shownPath', () => {
  test.each([
    ['/home/ada/work/runs/vda', 'runs/vda'],
    ['/home/ada/work', '.'],
    ['/home/ada/data/test.tsv', 'test.tsv'],
    ['/data/test.tsv', 'test.tsv'],
    ['runs/vda', 'runs/vda'],
    ['../other/test.tsv', '../other/test.tsv'],
    ['../../ada/data/test.tsv', 'test.tsv'],
    ['bert-base-uncased', 'bert-base-uncased'],
  ])('%s is shown as %s', (path, shown) => expect(shownPath(path, place)).toBe(shown));

  it('does not name the home folder from above it', () => {
    expect(shownPath('/home/ada/x/test.tsv', { folder: '/', home })).toBe('test.tsv');
    expect(shownPath('/srv/x/test.tsv', { folder: '/', home })).toBe('srv/x/test.tsv');
  });
});

test('paths are found in commands, options and messages', () => {
  expect(
    withShownPaths("vda attack --model /home/ada/m --test-file='/srv/a b/c.tsv' https://x.org/a/b", place),
  ).toBe("vda attack --model m --test-file='a b/c.tsv' https://x.org/a/b");
  expect(shownValue({ a: ['/home/ada/x', 3], b: { c: '/home/ada/work/y' } }, place)).toEqual({
    a: ['x', 3],
    b: { c: 'y' },
  });
  expect(withShownPaths('pairs:/home/ada/lexica/p.txt onnx:/srv/m/x.onnx C:/Users/ada/x', place)).toBe(
    'pairs:p.txt onnx:x.onnx C:/Users/ada/x',
  );
});

test('a link leads neither through the root nor from above the home folder into it', () => {
  const link = (path: string, from: string) => linkTo(path, { from, home });
  expect(link('/home/ada/runs/a/results.jsonl', '/home/ada/report')).toBe('../runs/a/results.jsonl');
  expect(link('/home/ada/runs/results.jsonl', '/home/bob')).toBeUndefined();
  expect(link('/home/ada/runs/results.jsonl', '/srv/report')).toBeUndefined();
  expect(link('/srv/runs/results.jsonl', '/srv/report')).toBe('../runs/results.jsonl');
});
