import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createAdversarialEpochs } from '../../src/augmentation/adversarial-epochs.ts';
import { identityOf } from '../../src/runs/identity.ts';
import { storedAttack } from '../../src/runs/stored-attack.ts';
import { makeRecord } from '../evaluation/make-record.ts';
import { temporaryFolder } from '../pretrained/folders.ts';

const identity = identityOf({ attack: { id: 'attack' } });
const records = [0, 1, 2].map((id) => makeRecord({ id, status: 'failed' }));

/** Asks for what an attack found; says whether it was made, and what was said. */
async function ask(path: string) {
  const said: string[] = [];
  let attacked = false;
  const found = await storedAttack(path, {
    ...{ identity, say: (line) => said.push(line) },
    attack: async () => {
      attacked = true;
      return records;
    },
  });
  expect(found).toEqual(records);
  return { attacked, said };
}

const cutTo = (lines: number) => (path: string) =>
  writeFileSync(path, readFileSync(path, 'utf8').split('\n').slice(0, lines).join('\n').concat('\n'));
const mark = (text: string) => (path: string) => writeFileSync(path.replace('.jsonl', '.json'), text);

describe('storedAttack', () => {
  it('attacks once', async () => {
    const path = join(temporaryFolder(), 'epoch-2.jsonl');
    expect(await ask(path)).toEqual({ attacked: true, said: [] });
    expect(await ask(path)).toEqual({ attacked: false, said: [] });
  });

  it.each<[string, (path: string) => void, RegExp]>([
    ['a mark that is empty', mark(''), /epoch-2\.json is damaged \(.*JSON.*\): the texts are attacked again/],
    ['a mark that is null', mark('null'), /epoch-2\.json is damaged \(expected an object, got null\)/],
    ['a mark of another type', mark('{"hash":7}'), /hash: expected a text, got 7/],
    ['results without a line', cutTo(2), /epoch-2\.jsonl is not as it was written: the texts are attacked/],
    ['a line that is none', (path) => appendFileSync(path, '{"id":'), /has lines that are no results/],
  ])('attacks again, and says so, where it finds %s', async (_, damage, remark) => {
    const path = join(temporaryFolder(), 'epoch-2.jsonl');
    await ask(path);
    damage(path);
    expect(await ask(path)).toEqual({ attacked: true, said: [expect.stringMatching(remark)] });
    expect(await ask(path)).toEqual({ attacked: false, said: [] });
  });
});

describe('createAdversarialEpochs', () => {
  it('refuses damaged texts in the middle of their epoch', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'epoch-2.jsonl');
    await ask(path);
    cutTo(2)(path);
    const nothing = { examples: [], encodings: [], truncated: 0 };
    const epochs = createAdversarialEpochs({
      ...{ clean: nothing, count: 0, seed: 1, folder, say: () => {} },
      ...{ encode: () => nothing, learn: async () => {} },
      attack: { on: async () => [], identityOn: () => identity },
    });
    await expect(epochs.of(1, { isStart: false })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(
        /epoch-2\.jsonl is not as it was written.*checkpoint at the end of an epoch/,
      ),
    });
  });
});
