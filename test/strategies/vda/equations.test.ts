import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const folder = new URL('../../../src/strategies/vda/', import.meta.url);

/** Docstrings of exported or plain functions and constants, each with the name of what it stands before. */
const documented = readdirSync(folder).flatMap((file) =>
  [
    ...readFileSync(new URL(file, folder), 'utf8').matchAll(
      /\/\*\*((?:(?!\*\/).)*)\*\/\s*(?:export )?(?:function|const) (\w+)/gs,
    ),
  ].map(([, text, name]) => ({ file, name, text: text! })),
);

describe('the paper in strategies/vda', () => {
  it.each([
    ['Eq. 1', 'totalLoss'],
    ['Eq. 2', 'substitutionProbabilities'],
    ['Eq. 3', 'gaussianNoise'],
    ['Eq. 4', 'mixtureWeights'],
    ['Eq. 5', 'virtualEmbeddings'],
    ['Eq. 6', 'consistency'],
  ])('has %s as a function that begins with its number: %s', (equation, name) => {
    const [own] = documented.filter((one) => one.name === name);
    expect(own?.text.trim().replace(/^\* /, '').startsWith(equation), own?.text).toBe(true);
  });

  it('names every equation and line of Algorithm 1 where it is put together', () => {
    const [algorithm] = documented.filter(({ name }) => name === 'virtualDataAugmentation');
    for (const number of [1, 2, 3, 4, 5, 6, 7]) expect(algorithm?.text).toContain(`Eq. ${number} `);
    for (const line of [6, 8, 9, 10, 11]) expect(algorithm?.text).toContain(`line ${line} `);
    expect(algorithm?.text).toContain('Algorithm 1');
  });
});
