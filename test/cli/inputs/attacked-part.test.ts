import { describe, expect, it } from 'vitest';
import { attackedPart } from '../../../src/cli/inputs/attacked-part.ts';
import { counted, sorted } from '../../data/sorted-set.ts';

describe('attackedPart', () => {
  it('says which part is attacked, by class, and nothing where it is all', () => {
    const { examples, remarks } = attackedPart(sorted(60, 60), { numExamples: 40, offset: 10 });
    expect(counted(examples, 0)).toBe(20);
    expect(remarks).toEqual([
      'texts.tsv: 40 of 120 examples are attacked, after 10 left out, drawn by a fixed shuffle, stratified by ' +
        'class (class 0: 20, class 1: 20).',
    ]);
    expect(attackedPart(sorted(6, 6), { numExamples: 12, offset: 0 }).remarks).toEqual([]);
  });

  it('says where one class is left in the part', () => {
    const { remarks } = attackedPart(sorted(999, 1), { numExamples: 20, offset: 0 });
    expect(remarks[1]).toMatch(/^The part of texts\.tsv drawn: all 20 texts are of one class, "class 0"/);
  });
});
