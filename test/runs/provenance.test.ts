import { describe, expect, it } from 'vitest';
import type { Parts } from '../../src/base/part.ts';
import { identityOf } from '../../src/runs/identity.ts';
import {
  attackedModel,
  comparedBy,
  differingDevices,
  differingSettings,
  isSameAttack,
  type Provenance,
  provenanceOf,
} from '../../src/runs/provenance.ts';

const sha = (digit: string) => digit.repeat(64);
const maskedLm = {
  id: 'masked language model',
  settings: { maxLength: 128, device: 'cpu' },
  parts: { model: { id: 'model', content: { weights: sha('2') } } },
};
const constraints = [
  { id: 'stop-words', version: 2, settings: { words: 'default' } },
  { id: 'wordnet-related', version: 2, content: sha('3') },
];
const attack = {
  ...{ id: 'bert-attack', version: 2, parts: { constraints } },
  settings: { maxChangeRate: 0.4, queryBudget: null },
};
const victim = {
  ...{ id: 'classifier', settings: { maxLength: 128, device: 'cpu' } },
  parts: { model: { id: 'model', content: { weights: sha('1') } } },
};
const examples = { id: 'examples', settings: { count: 2, labels: ['bad', 'good'] }, content: sha('4') };
const parts: Parts = { attack, victim, maskedLm, examples };
const about = { model: 'plain', maskedLm: 'minilm', data: 'test.tsv' };
const of = (more: Parts = {}, ids: readonly number[] = [0, 1]): Provenance =>
  provenanceOf({ identity: identityOf({ ...parts, ...more }), about, ids });
const named = (provenance: Provenance, name: string) => provenance.find((setting) => setting.name === name);

describe('provenanceOf', () => {
  it('is the same for another model, and for its classes in another order', () => {
    const other = { ...victim, parts: { model: { id: 'model', content: { weights: sha('9') } } } };
    const turned = { ...examples, settings: { ...examples.settings, labels: ['good', 'bad'] } };
    expect(isSameAttack(of(), of({ victim: other, examples: turned }))).toBe(true);
  });

  const settings = (more: object) => ({ attack: { ...attack, settings: { ...attack.settings, ...more } } });
  const rules = (more: object) => ({
    attack: { ...attack, parts: { constraints: [constraints[0]!, { ...constraints[1]!, ...more }] } },
  });
  it.each([
    ['max change rate', settings({ maxChangeRate: 0.1 }), ['0.4', '0.1']],
    ['query budget', settings({ queryBudget: 20 }), ['none', '20']],
    ['attack', { attack: { ...attack, id: 'textfooler' } }, ['bert-attack', 'textfooler']],
    ['attack version', { attack: { ...attack, version: 3 } }, ['2', '3']],
    ['wordnet-related version', rules({ version: 3 }), ['2', '3']],
    ['wordnet-related content', rules({ content: sha('a') }), ['333333333333', 'aaaaaaaaaaaa']],
    [
      'most tokens read',
      { victim: { ...victim, settings: { ...victim.settings, maxLength: 256 } } },
      ['128', '256'],
    ],
    ['time limit', { timeLimit: { id: 'time limit', settings: { seconds: 5 } } }, ['none', '5']],
    ['rules version', { rules: { id: 'rules', version: 2 } }, ['none', '2']], // a part that this knows nothing of
  ] as const)('tells another %s', (name, more, values) => {
    expect(differingSettings([of(), of(more)])).toEqual([{ name, values }]);
    expect(isSameAttack(of(), of(more))).toBe(false);
  });

  it.each([
    [
      'masked LM',
      { maskedLm: { ...maskedLm, parts: { model: { id: 'model', content: { weights: sha('5') } } } } },
    ],
    ['data', { examples: { ...examples, content: sha('5') } }],
  ] as const)('tells another %s by what is in it, under its name', (name, more) => {
    const [found] = differingSettings([of(), of(more)]);
    expect(found?.name).toBe(name);
    expect(found?.values.every((value) => /^(minilm|test\.tsv) \([0-9a-f]{12}\)$/.test(value))).toBe(true);
  });

  it('tells other examples and other endings that count as robust', () => {
    expect(differingSettings([of(), of({}, [0, 2])]).map(({ name }) => name)).toEqual(['examples']);
    const published = provenanceOf({
      ...{ identity: identityOf(parts), about, ids: [0, 1] },
      robustEndings: ['failed', 'error'],
    });
    expect(differingSettings([of(), published])).toEqual([
      { name: 'endings counted as robust', values: ['failed', 'failed, error'] },
    ]);
  });

  it('holds attacks on other devices for the same, and tells the devices', () => {
    const { settings } = victim;
    const elsewhere = of({ victim: { ...victim, settings: { ...settings, device: 'cuda' } } });
    expect(isSameAttack(of(), elsewhere)).toBe(true);
    expect(comparedBy(elsewhere)).toEqual(comparedBy(of()));
    expect(differingDevices([of(), elsewhere])).toEqual([{ name: 'device', values: ['cpu', 'cuda'] }]);
    const alone = of().filter(({ name }) => name !== 'device of the masked LM'); // an attack that asks none
    expect(differingDevices([of(), alone, undefined])).toEqual([]);
  });

  it('tells settings apart that share a name', () => {
    const files = (second: string) => {
      const tables = ['6', second].map((digit) => ({ id: 'table', version: 2, content: sha(digit) }));
      return of({ attack: { ...attack, parts: { constraints: tables } } });
    };
    expect(isSameAttack(files('7'), files('7'))).toBe(true);
    expect(differingSettings([files('7'), files('8')])).toEqual([
      {
        name: 'table content',
        values: ['666666666666 + 777777777777', '666666666666 + 888888888888'],
      },
    ]);
  });

  it('knows long lists by their hash', () => {
    const words = Array.from({ length: 40 }, (_, i) => `word${i}`);
    const own = { ...attack, parts: { constraints: [{ ...constraints[0]!, settings: { words } }] } };
    expect(named(of({ attack: own }), 'stop-words words')!.value).toMatch(/^40 of them, [0-9a-f]{12}$/);
  });
});

describe('isSameAttack', () => {
  it('holds what is not recorded for another one', () => {
    const unknown = [{ name: 'wordnet-related version', value: 'not recorded' }];
    expect([isSameAttack(unknown, unknown), isSameAttack(unknown, of())]).toEqual([false, false]);
  });

  it('compares nothing with an attack that did not record its settings', () => {
    expect([isSameAttack(undefined, of()), isSameAttack(undefined, undefined)]).toEqual([false, false]);
    expect(differingSettings([undefined, of()])[0]).toEqual({
      name: 'settings',
      values: ['not recorded', 'recorded'],
    });
  });
});

describe('attackedModel', () => {
  it('is what provenance leaves out', () => {
    const identity = identityOf(parts);
    expect(attackedModel({ identity, about })).toEqual({
      ...{ name: 'model', called: 'plain' },
      value: expect.stringMatching(/^[0-9a-f]{12}$/),
    });
    expect(attackedModel({ identity, about: {} })).toBeUndefined();
  });
});
