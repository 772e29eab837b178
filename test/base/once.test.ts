import { expect, test } from 'vitest';
import { once, onceEach, retried } from '../../src/base/once.ts';

test('once makes its value at the first call, and no other', () => {
  let made = 0;
  const value = once(() => ++made);
  expect([made, value(), value()]).toEqual([0, 1, 1]);
});

test('onceEach makes a value for each key at its first call, an undefined one too, and says what it made', () => {
  const asked: string[] = [];
  const lengthOf = onceEach((word: string) => {
    asked.push(word);
    return word === '' ? undefined : word.length;
  });
  expect([lengthOf('film'), lengthOf(''), lengthOf('film'), lengthOf('')]).toEqual([
    4,
    undefined,
    4,
    undefined,
  ]);
  expect(asked).toEqual(['film', '']);
  expect([...lengthOf.made()]).toEqual([4, undefined]);
});

test('retried gives one promise to all that ask, and after a failure another to the next', async () => {
  let made = 0;
  const value = retried(async () => {
    if (++made === 1) throw new Error('not yet');
    return made;
  });
  expect(value.made()).toBeUndefined();
  const [first, second] = [value(), value()];
  expect(second).toBe(first);
  await expect(first).rejects.toThrow('not yet');
  expect(value.made()).toBeUndefined();
  expect(await value()).toBe(2);
  expect(await value()).toBe(2);
  expect(await value.made()).toBe(2);
});
