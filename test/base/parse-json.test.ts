import { describe, expect, it } from 'vitest';
import { deepestJson, parseJson } from '../../src/base/parse-json.ts';

describe('parseJson', () => {
  it('reads JSON, a byte-order mark in front or not', () => {
    expect(parseJson('{"a": [1, "[[", "\\"["]}')).toEqual({ a: [1, '[[', '"['] });
    expect(parseJson('\uFEFF1')).toBe(1);
  });

  it('refuses what nests deeper than any file does, before memory is taken for it', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(parseJson(nested(deepestJson))).toHaveLength(1);
    expect(() => parseJson(nested(deepestJson + 1))).toThrow('deeper than 64');
    expect(() => parseJson('{"a":'.repeat(1e6))).toThrow('deeper than 64');
  });

  it('gives a reason of one line', () => {
    expect(() => parseJson(`{"a": ${'x\n'.repeat(1000)}`)).toThrow(/^[^\n]{10,120}$/);
  });
});
