import { EventEmitter } from 'node:events';
import { expect, test } from 'vitest';
import { watchInterrupts } from '../../../src/cli/terminal/interrupt.ts';

test('watchInterrupts aborts at the first signal and exits at the second', () => {
  const source = new EventEmitter();
  const said: string[] = [];
  const exits: number[] = [];
  const { signal, exitCode } = watchInterrupts(source, {
    say: (text) => said.push(text),
    exit: (code) => exits.push(code),
  });
  expect([signal.aborted, exitCode()]).toEqual([false, undefined]);

  source.emit('SIGINT', 'SIGINT');
  expect(signal.aborted).toBe(true);
  expect(signal.reason).toMatchObject({ name: 'AbortError', message: 'interrupted by SIGINT' });
  expect(exitCode()).toBe(130); // 128 + 2
  expect(said).toHaveLength(1);
  expect(exits).toEqual([]);

  source.emit('SIGTERM', 'SIGTERM');
  expect(exits).toEqual([143]); // 128 + 15
  expect(said).toHaveLength(1);
});

test('watchInterrupts hears nothing after stop', () => {
  const source = new EventEmitter();
  const interrupts = watchInterrupts(source, { say: () => {}, exit: () => {} });
  interrupts.stop();
  source.emit('SIGINT', 'SIGINT');
  expect(interrupts.signal.aborted).toBe(false);
  expect(source.listenerCount('SIGTERM')).toBe(0);
});
