import { expect, it } from 'vitest';
import type { Provenance } from '../../src/runs/provenance.ts';
import { settingsLine } from '../../src/runs/settings-line.ts';

const of = (...settings: readonly string[]): Provenance =>
  settings.map((setting) => {
    const [name, value] = setting.split('=') as [string, string];
    return { name, value };
  });

it('names files and models, and says nothing twice', () => {
  const twice = { name: 'wordnet content', value: '3333' };
  const data = { name: 'data', value: '4444', called: 'test.tsv' };
  expect(settingsLine([data, ...of('max change rate=0.4', 'max change rate=0.3'), twice, twice])).toBe(
    'data test.tsv (4444); max change rate 0.4; max change rate 0.3; wordnet content 3333',
  );
});

it('says of an ensemble what its members share once, and of each what is its own', () => {
  const members = of(
    ...['max change rate=0.4', 'max change rate=1', 'repeat version=1'], // as the ensemble lists them, too
    'search=worst-of',
    ...['constraints max-change-rate rate=0.4', 'constraints repeat version=1', 'version=3'].map(
      (setting) => `search members bert-attack ${setting}`,
    ),
    ...['constraints max-change-rate rate=1', 'constraints repeat version=1', 'version=1'].map(
      (setting) => `search members textfooler ${setting}`,
    ),
  );
  expect(settingsLine([...of('attack=ensemble', 'attack version=1'), ...members])).toBe(
    'attack ensemble; attack version 1; search worst-of; repeat version 1; bert-attack: max change rate 0.4, version 3; ' +
      'textfooler: max change rate 1, version 1',
  );
});

it('says of a member that is set as the others are that it is there', () => {
  const both = ['pwws', 'textbugger'].map((member) => `search members ${member} goal=untargeted`);
  expect(settingsLine(of(...both))).toBe('goal untargeted; pwws: as the others; textbugger: as the others');
});
