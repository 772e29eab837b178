import { describe, expect, it } from 'vitest';
import type { Part, Parts } from '../../src/base/part.ts';
import { differencesInWords, identityDifferences, identityOf, shortHash } from '../../src/runs/identity.ts';

const content = 'a'.repeat(64);
const parts: Parts = {
  attack: {
    id: 'bert-attack',
    version: 2,
    settings: { candidates: 48, budget: undefined },
    parts: {
      constraints: [
        { id: 'stop-words', version: 1 },
        { id: 'related', version: 1, content },
      ],
    },
  },
  maskedLm: { id: 'model', content: { 'config.json': content, 'vocab.txt': content } },
};
const withRelated = (related: object): Parts => ({
  ...parts,
  attack: {
    ...parts.attack,
    parts: {
      constraints: [
        { id: 'stop-words', version: 1 },
        { id: 'related', version: 1, content, ...related },
      ],
    },
  } as never,
});

describe('an identity', () => {
  it('does not depend on the order of keys, nor on what is undefined', () => {
    const { attack, maskedLm } = parts as { attack: Part; maskedLm: Part };
    const turned = { maskedLm, attack: { ...attack, settings: { candidates: 48 } } };
    expect(identityOf(turned).hash).toBe(identityOf(parts).hash);
    expect(identityOf({ ...parts, adaModel: undefined }).hash).toBe(identityOf(parts).hash);
    expect(shortHash(identityOf(parts))).toMatch(/^[0-9a-f]{16}$/);
  });

  it.each([
    ['a version', withRelated({ version: 2 }), 'attack.constraints.related.version: 1 there, 2 now'],
    [
      'a byte of a lexicon',
      withRelated({ content: 'b'.repeat(64) }),
      'attack.constraints.related.content: aaaaaaaaaaaa there, bbbbbbbbbbbb now',
    ],
    [
      'a file of a model',
      { ...parts, maskedLm: { id: 'model', content: { 'config.json': content } } },
      'maskedLm.vocab.txt: aaaaaaaaaaaa there, none now',
    ],
    [
      'a part that came',
      { ...parts, timeLimit: { id: 'time limit', settings: { seconds: 3 } } },
      'timeLimit: "time limit" there, none now',
    ],
  ] as const)('changes with %s, which is named', (what, other, line) => {
    expect(identityOf(other).hash).not.toBe(identityOf(parts).hash);
    const found =
      what === 'a part that came' ? identityDifferences(other, parts) : identityDifferences(parts, other);
    expect(found).toContain(line);
  });

  it('says the first few differences, each cut', () => {
    const settings = (value: string) => ({
      run: { id: 'run', settings: Object.fromEntries([...'abcdef'].map((name) => [name, value])) },
    });
    const said = differencesInWords(settings('x'.repeat(1000)), settings('y'));
    expect(said).toMatch(/and 2 more$/);
    expect(said.length).toBeLessThan(400);
  });
});

it('a setting that is called version is told from the version of its rule', () => {
  const victim = (content: string, version?: string) => ({
    victim: { id: 'module', version: 1, settings: { name: 'x', version }, content },
  });
  const { parts } = identityOf(victim('a'));
  expect(identityDifferences(JSON.parse(JSON.stringify(parts)), victim('b'))).toEqual([
    'victim.content: "a" there, "b" now',
  ]);
  expect(identityDifferences(parts, victim('a', 'of May'))).toEqual([
    'victim.version: 1 there, 1 + "of May" now',
  ]);
});
