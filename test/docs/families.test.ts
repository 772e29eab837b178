import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { families } from '../../src/models/families.ts';
import { root } from './markdown.ts';

test.each(Object.keys(families))('the guide lists the family %s with its tokenizer files', (modelType) => {
  const guide = readFileSync(join(root, 'docs/guide.md'), 'utf8');
  const models = guide.slice(guide.indexOf('\n## Models\n'));
  expect(models).toMatch(new RegExp(`^\\| \`${modelType}\` \\| .+ \\| .+ \\|$`, 'm'));
});
