import { expect, test } from 'vitest';
import { type Attempt, untilAnswered } from '../../../src/attacks/victims/until-answered.ts';

/** Fails so often, then answers. */
function failing(times: number, retryAfter?: number): () => Promise<Attempt<string>> {
  let left = times;
  return async () => (left-- > 0 ? { passing: 'busy', retryAfter } : { answer: 'yes' });
}

test('untilAnswered waits twice as long each time, a minute at most, and as long as it is asked to', async () => {
  const waited: number[] = [];
  const wait = async (milliseconds: number) => void waited.push(milliseconds);
  const options = { attempts: 10, delay: 1000, wait };
  expect(await untilAnswered(failing(8), options)).toEqual({ answer: 'yes' });
  expect(waited).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000]);
  waited.length = 0;
  await untilAnswered(failing(2, 90_000), options);
  expect(waited).toEqual([90_000, 90_000]);
});

test('untilAnswered gives back the last failure, and stops at once where it is told to', async () => {
  const wait = async () => {};
  expect(await untilAnswered(failing(3), { attempts: 3, wait })).toEqual({ passing: 'busy' });
  const controller = new AbortController();
  const onPause = () => controller.abort(new Error('stop'));
  const { signal } = controller;
  await expect(untilAnswered(failing(3), { attempts: 3, onPause, signal })).rejects.toThrow('stop');
});
