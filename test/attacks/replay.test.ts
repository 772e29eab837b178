import { describe, expect, it } from 'vitest';
import { replayOf } from '../../src/attacks/replay.ts';
import { attackMany } from '../../src/attacks/search/attack-many.ts';
import { toRecord } from '../../src/attacks/to-record.ts';
import type { Victim } from '../../src/attacks/victim.ts';
import type { Example } from '../../src/data/dataset.ts';

/** Right about texts that say so; certain as far as a text is long. */
const victim: Victim = {
  labels: ['bad', 'good'],
  unkToken: '[UNK]',
  classify: async (inputs) =>
    inputs.map(({ text, textPair }) => ((textPair ?? text).includes('good') ? [0.25, 0.75] : [0.5, 0.5])),
};

async function replay(examples: readonly Example[], adversarial: ReadonlyMap<number, string>) {
  const recipe = replayOf({ adversarial, content: 'x' });
  const records = [];
  for await (const ended of attackMany(examples, { victim, recipe, clock: () => 0 }))
    records.push(toRecord(ended, { labels: victim.labels, recipe }));
  return records.sort((a, b) => a.id - b.id);
}

describe('replayOf', () => {
  it('says of each given text what the victim answers now, for one query', async () => {
    const examples = [
      { id: 3, text: 'a  good old film', label: 1 },
      { id: 5, text: 'a good film', label: 1 },
      { id: 7, text: 'a film', label: 1 },
    ];
    const adversarial = new Map([
      [3, 'a decent and dated film'],
      [5, 'one good film!'],
      [7, 'one film'],
    ]);
    const records = await replay(examples, adversarial);
    expect(records.map(({ status, queries }) => [status, queries])).toEqual([
      ['success', 1],
      ['failed', 1],
      ['skipped', 0],
    ]);
    expect(records[0]).toMatchObject({
      // its margin falls from log 3 (3 : 1) to 0
      adversarialText: 'a  decent and dated film',
      changes: [{ index: 1, from: 'good old', to: 'decent and dated', score: 1.098612 }],
      words: 4,
      finalPrediction: 'bad',
    });
    expect(records[1]!.changes.map(({ from, to, score }) => [from, to, score])).toEqual([
      ['a', 'one', 0],
      ['film', 'film!', 0],
    ]);
  });

  it('changes the second text of a pair', async () => {
    const [record] = await replay(
      [{ id: 0, text: 'a good question', textPair: 'a good answer', label: 1 }],
      new Map([[0, 'an answer']]),
    );
    expect(record).toMatchObject({
      status: 'success',
      text: 'a good question',
      adversarialText: 'an answer',
    });
  });

  it('takes a text without original for both: held or wrong before', async () => {
    const examples = [
      { id: 0, text: 'a good film', label: 1 },
      { id: 1, text: 'a film', label: 1 },
    ];
    const records = await replay(examples, new Map());
    expect(records.map(({ status, queries }) => [status, queries])).toEqual([
      ['failed', 0],
      ['skipped', 0],
    ]);
  });
});
