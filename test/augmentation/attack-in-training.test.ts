import { describe, expect, it } from 'vitest';
import { attackAccuracyOn, attackedAtEvaluation } from '../../src/augmentation/attack-in-training.ts';
import { identityOf } from '../../src/runs/identity.ts';
import { counted, sorted } from '../data/sorted-set.ts';

describe('attackAccuracyOn', () => {
  it('chooses by a part of sorted validation texts that holds both classes, the same at each call', async () => {
    const seen: number[][] = [];
    const accuracy = attackAccuracyOn(sorted(500, 500), {
      identityOn: () => identityOf({}),
      on: async (examples) => {
        seen.push(examples.map(({ id }) => id));
        expect([counted(examples, 0), counted(examples, 1)]).toEqual([
          attackedAtEvaluation / 2,
          attackedAtEvaluation / 2,
        ]);
        return [];
      },
    });
    await accuracy();
    await accuracy();
    expect(seen[0]).toHaveLength(attackedAtEvaluation);
    expect(seen[1]).toEqual(seen[0]);
  });
});
