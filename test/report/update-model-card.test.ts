import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { attackMetrics } from '../../src/evaluation/metrics.ts';
import { updateModelCard } from '../../src/report/update-model-card.ts';
import { makeRecord } from '../evaluation/make-record.ts';

const row = (preset: string) => ({
  name: 'reviews',
  preset,
  filters: [],
  lexicon: 'WordNet',
  attacked: { model: 'reviews', attack: 'pwws', profile: 'strict' },
  metrics: attackMetrics([makeRecord({ id: 0, status: 'failed' }), makeRecord({ id: 1, status: 'success' })]),
});
const p = (...presets: readonly string[]) => ({ name: 'reviews', rows: presets.map(row), path: 'README.md' });
const matterOf = (text: string) => parse(text.split('---\n')[1]!);
const resultsOf = (text: string) => matterOf(text)['model-index'][0].results;
const bodyOf = (text: string) => text.split('---\n').slice(2).join('---\n');

describe('updateModelCard', () => {
  it('makes a card of an empty file', () => {
    const card = updateModelCard('', p('pwws (default, strict)'));
    expect(matterOf(card)).toMatchObject({
      pipeline_tag: 'text-classification',
      library_name: 'transformers',
    });
    expect(resultsOf(card)[0].metrics).toContainEqual({
      type: 'accuracy_under_attack',
      name: 'Accuracy under attack: pwws (default, strict), 2 texts of the attacked texts',
      value: 0.5,
    });
    expect(card).toContain(
      '| pwws | strict | WordNet | 2 texts of the attacked texts | 100.0 % [34.2, 100.0] | 50.0 %',
    );
  });

  it('is the same card when it is made once more, and only the attacks change with them', () => {
    const once = updateModelCard('# Mine\n\nWords.\n', p('a', 'b'));
    expect(updateModelCard(once, p('a', 'b'))).toBe(once);
    const fewer = updateModelCard(once, p('c'));
    expect(resultsOf(fewer)).toHaveLength(1);
    expect(fewer).toBe(updateModelCard('# Mine\n\nWords.\n', p('c')));
  });

  it('keeps keys, comments, entries of others and every line outside the marks', () => {
    const card = `---
# chosen by us
license: mit  # see LICENSE
model-index:
  - name: my name
    results:
      - task: { type: text-classification }
        dataset: { name: gold, type: gold }
        metrics:
          - type: accuracy # by hand
            value: 0.9
extra: [1, 2]
---
# Title

<!-- mine -->
`;
    const first = updateModelCard(card, p('a'));
    const after = updateModelCard(
      first.replace('# Title', () => '# Title\n\nNew words, ---, \\`$&\\`.'),
      p('a', 'b'),
    );
    for (const part of ['# chosen by us\n', 'license: mit', '# see LICENSE', '# by hand', 'extra:'])
      expect(after).toContain(part);
    expect(matterOf(after)['model-index'][0].name).toBe('my name');
    expect(resultsOf(after).map((one: { dataset: { name: string } }) => one.dataset.name)).toEqual([
      'gold',
      'the attacked texts',
      'the attacked texts',
    ]);
    expect(bodyOf(after).split('<!-- robustness')[0]).toBe(
      '# Title\n\nNew words, ---, \\`$&\\`.\n\n<!-- mine -->\n\n',
    );
  });

  it('takes the place of the section of cards that had no marks', () => {
    const before = '# A\n\n## Robustness\n\nNot attacked yet: nothing is known.\n\n## Training\n\nHow.\n';
    const card = updateModelCard(before, p('a'));
    expect(card).not.toContain('Not attacked yet');
    expect(card.match(/## Robustness/g)).toHaveLength(1);
    expect(card).toMatch(/end mark -->\n\n## Training\n\nHow\.\n$/);
    const own = updateModelCard('# A\n\n## Robustness\n\nWe tested it by hand.\n', p('a'));
    expect(own).toContain('We tested it by hand.');
  });

  it('reads front matter with the line ends of Windows', () => {
    const card = updateModelCard('---\r\nlicense: mit\r\n---\r\n# A\r\n', p('a'));
    expect(matterOf(card).license).toBe('mit');
    expect(bodyOf(card)).toMatch(/^# A\n/);
  });

  it.each([
    [
      '---\na: [1\n---\n',
      /^README\.md: its front matter, between the two lines of ---, is not valid YAML: .+\. Correct it\.$/,
    ],
    ['---\n- a\n---\n', /not in the hub's form: expected keys with values/],
    ['---\nmodel-index: 3\n---\n', /expected a list as model-index/],
    ['---\nmodel-index: [{name: a}]\n---\n', /expected a list as results/],
    ['# A\n<!-- robustness: end mark -->\n', /of the two marks .* one is missing/],
  ])('says what is wrong with %j', (card, message) => {
    expect(() => updateModelCard(card, p('a'))).toThrow(
      expect.objectContaining({ code: 'bad-input', message: expect.stringMatching(message) }),
    );
  });
});
