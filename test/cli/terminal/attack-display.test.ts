import { expect, test } from 'vitest';
import { attackDisplay } from '../../../src/cli/terminal/attack-display.ts';
import { toyLogits } from '../../attacks/toys.ts';
import { memoryIo } from '../memory-io.ts';

test('a rate is shown once the clock has gone on, of what the victim was asked', async () => {
  const { io, written, clock } = memoryIo();
  const display = attackDisplay(io);
  const victim = display.watched(toyLogits(1));
  display.update({ done: 0, total: 2, queries: 0, successes: 0 });
  await victim.classify([{ text: 'a' }, { text: 'b' }]);
  expect(written.stderr).not.toContain('queries/s');
  clock.ms = 60_000;
  await victim.classify(Array.from({ length: 118 }, () => ({ text: 'c' })));
  display.update({ done: 2, total: 2, queries: 120, successes: 1 });
  display.finish();
  expect(written.stderr).toContain('queries/s 2');
});
