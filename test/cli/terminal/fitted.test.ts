import { expect, test } from 'vitest';
import { fitted } from '../../../src/cli/terminal/fitted.ts';

test('breaks what is longer than the terminal at spaces, and nothing else', () => {
  const text = 'a line that is long\n  two   one\n| a | table of Markdown | stays |\n';
  expect(fitted(text, 12)).toBe('a line that\nis long\n  two   one\n| a | table of Markdown | stays |\n');
  expect(fitted(text, undefined)).toBe(text);
});
