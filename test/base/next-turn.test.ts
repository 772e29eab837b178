import { expect, it, vi } from 'vitest';

it.each([
  ['setImmediate', globalThis.setImmediate],
  ['timers alone, as browsers have', undefined],
])('nextTurn lets a timer in, by %s', async (_, setImmediate) => {
  vi.resetModules();
  vi.stubGlobal('setImmediate', setImmediate);
  const { nextTurn } = await import('../../src/base/next-turn.ts');
  vi.unstubAllGlobals();
  let ticks = 0;
  const timer = setInterval(() => ticks++, 0);
  while (ticks < 3) await nextTurn();
  clearInterval(timer);
  expect(ticks).toBe(3);
});
