import { describe, expect, it } from 'vitest';
import {
  attackedModel,
  differingSettings,
  isSameAttack,
  type Provenance,
  provenanceOf,
} from '../../src/attacks/provenance.ts';

const sha = (digit: string) => digit.repeat(64);
const config = {
  model: { path: 'plain', sha256: sha('1') },
  mlm: { path: 'minilm', sha256: sha('2') },
  data: { path: 'test.tsv', sha256: sha('3'), columns: { text: 'text', label: 'label' } },
  maxSeqLength: 128,
  attack: { recipe: 'bert-attack', maxChangeRate: 0.4, queryBudget: null, similarity: ['wordnet'] },
  timeLimit: null,
};
const of = (more: Readonly<Record<string, unknown>> = {}, ids: readonly number[] = [0, 1]): Provenance =>
  provenanceOf({ config: { ...config, ...more }, ids });
const named = (provenance: Provenance, name: string) => provenance.find((setting) => setting.name === name);

describe('provenanceOf', () => {
  it('is the same for another model, another path of the same file, and keys in another order', () => {
    const moved = {
      data: { columns: { label: 'label', text: 'text' }, sha256: sha('3'), path: 'copy.tsv' },
      model: { path: 'vda', sha256: sha('9') },
    };
    expect(isSameAttack(of(), of(moved))).toBe(true);
  });

  it.each([
    ['max change rate', { attack: { ...config.attack, maxChangeRate: 0.1 } }, ['0.4', '0.1']],
    ['query budget', { attack: { ...config.attack, queryBudget: 20 } }, ['none', '20']],
    ['similarity', { attack: { ...config.attack, similarity: ['none'] } }, ['wordnet', 'none']],
    [
      'similarity',
      { attack: { ...config.attack, similarity: [`sha256:${sha('a')}`] } },
      ['wordnet', 'aaaaaaaaaaaa'],
    ],
    [
      'masked LM',
      { mlm: { path: 'minilm', sha256: sha('4') } },
      ['minilm (222222222222)', 'minilm (444444444444)'],
    ],
    [
      'data',
      { data: { ...config.data, sha256: sha('5') } },
      ['test.tsv (333333333333)', 'test.tsv (555555555555)'],
    ],
    [
      'data columns text',
      { data: { ...config.data, columns: { ...config.data.columns, text: 'title' } } },
      ['text', 'title'],
    ],
    ['most tokens read', { maxSeqLength: 256 }, ['128', '256']],
    ['time limit', { timeLimit: 5 }, ['none', '5']],
    ['rules version', { rules: { version: 2 } }, ['none', '2']], // a setting that this knows nothing of
  ] as const)('tells another %s', (name, more, values) => {
    expect(differingSettings([of(), of(more)])).toEqual([{ name, values }]);
    expect(isSameAttack(of(), of(more))).toBe(false);
  });

  it('tells other examples and other endings that count as robust', () => {
    expect(differingSettings([of(), of({}, [0, 2])]).map(({ name }) => name)).toEqual(['examples']);
    const published = provenanceOf({ config, ids: [0, 1], robustEndings: ['failed', 'error'] });
    expect(differingSettings([of(), published])).toEqual([
      { name: 'endings counted as robust', values: ['failed', 'failed, error'] },
    ]);
  });

  it('tells settings apart that share a name', () => {
    const files = (second: string) =>
      of({
        lexica: [
          { id: 'file', sha256: sha('6') },
          { id: 'file', sha256: sha(second) },
        ],
      });
    expect(isSameAttack(files('7'), files('7'))).toBe(true);
    expect(differingSettings([files('7'), files('8')])).toEqual([
      { name: 'lexica file', values: ['666666666666 + 777777777777', '666666666666 + 888888888888'] },
    ]);
  });

  it('knows long lists by their hash, and items of a list by their id', () => {
    const stopWords = Array.from({ length: 40 }, (_, i) => `word${i}`);
    expect(named(of({ stopWords }), 'stop words')!.value).toMatch(/^40 of them, [0-9a-f]{12}$/);
    const constraints = [{ id: 'wordnet', version: 2 }, { id: 'whole-word' }];
    expect(named(of({ constraints }), 'constraints wordnet version')!.value).toBe('2');
    expect(named(of({ constraints }), 'constraints whole-word')!.value).toBe('on');
  });
});

describe('isSameAttack', () => {
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
    expect(attackedModel({ config })).toEqual({ name: 'model', value: '111111111111', called: 'plain' });
    expect(attackedModel({ config: {} })).toBeUndefined();
  });
});
