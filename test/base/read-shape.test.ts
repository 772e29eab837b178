import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readShape } from '../../src/base/read-shape.ts';

const schema = z.strictObject({
  size: z.int().min(1).max(9),
  names: z.array(z.string()).min(1),
  kind: z.enum(['a', 'b']),
  token: z.union([z.string(), z.tuple([z.string(), z.string()])]),
  step: z.discriminatedUnion('type', [
    z.object({ type: z.literal('A') }),
    z.object({ type: z.literal('B') }),
  ]),
});
const good = { size: 1, names: ['x'], kind: 'a', token: 'x', step: { type: 'A' } };

describe('readShape', () => {
  it('gives a value that fits', () => {
    expect(readShape(schema, good)).toEqual({ ok: true, value: good });
  });

  it.each([
    [{ size: 'x' }, 'size: expected a number, got "x"'],
    [{ size: 1.5 }, 'size: expected a whole number, got 1.5'],
    [{ size: 0 }, 'size: expected a number at least 1, got 0'],
    [{ size: undefined }, 'size is missing, expected a number'],
    [{ names: [] }, 'names: expected a list that is not empty, got a list of 0'],
    [{ names: ['x', 3] }, 'names[1]: expected a text, got 3'],
    [{ kind: 'c' }, 'kind: expected one of a, b, got "c"'],
    [{ token: 3 }, 'token: expected a text or a list, got 3'],
    [{ step: { type: 'C' } }, 'step.type: expected one of A, B, got "C"'],
    [{ step: {} }, 'step.type is missing, expected one of A, B'],
    [{ step: undefined }, 'step is missing, expected an object'],
    [{ other: 1 }, 'unknown key "other"'],
  ])('says in words what is wrong with %j', (wrong, problem) => {
    expect(readShape(schema, { ...good, ...wrong })).toMatchObject({ ok: false, problem });
  });

  it('counts what else is wrong, and cuts long values and keys', () => {
    const result = readShape(schema, { ...good, size: 'x'.repeat(1e5), kind: 3, ['k'.repeat(1e5)]: 1 });
    expect(result).toMatchObject({
      ok: false,
      problem: expect.stringMatching(/^size: .{20,80}… *" \(and 2 more\)$|^size: .*2 more\)$/),
    });
    for (const problem of result.ok ? [] : result.problems) expect(problem.length).toBeLessThan(200);
  });

  it('says that there is nothing where there is nothing', () => {
    expect(readShape(schema, undefined)).toMatchObject({ ok: false, problem: 'nothing is there' });
  });
});
