import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Part } from '../../src/base/part.ts';
import { attacksOfRun } from '../../src/report/attacks-of-run.ts';
import { identityOf } from '../../src/runs/identity.ts';
import { makeRecord } from '../evaluation/make-record.ts';
import { temporaryFolder } from '../pretrained/folders.ts';
import { attackFolder, trainFolder } from './run-folders.ts';

const model: Part = { id: 'model', content: { config: 'c', weights: 'w', 'vocab.txt': 'v' } };
const victim = (of: Part = model): Part => ({ id: 'classifier', parts: { model: of } });
const attack: Part = { id: 'pwws', version: 1, settings: { preset: 'default', profile: 'strict' } };
const manifest = (parts: Readonly<Record<string, Part>> = {}, more = {}) => ({
  ...{ format: 3, about: { model: 'vda', data: 'test.tsv', maskedLm: '/home/jo/minilm' } },
  identity: identityOf({ attack, victim: victim(), ...parts }),
  ...more,
});
const records = [makeRecord({ id: 0, status: 'failed' }), makeRecord({ id: 1, status: 'success' })];
const run = () => trainFolder(join(temporaryFolder(), 'vda'), { log: '' });
const put = (folder: string, more: object = manifest(), of = records) =>
  attackFolder(folder, of, [0, 1], { ...more });
const found = (folder: string, named?: readonly string[]) =>
  attacksOfRun(folder, { model, name: 'vda', ...(named && { named }) });

describe('attacksOfRun', () => {
  it('finds finished attacks below the run and named ones, each once, and what the card says of them', () => {
    const folder = run();
    put(join(folder, 'attacks/strict/pwws'));
    put(join(folder, 'attacks/copy'));
    put(join(folder, 'checkpoint-3/attack'), manifest({ maskedLm: { id: 'a checkpoint was attacked' } }));
    const place = temporaryFolder();
    const lexicon: Part = { id: 'lexicon-words', version: 1, content: `synonyms of ${'ab'.repeat(32)}` };
    put(
      join(place, 'one'),
      manifest({ attack: { ...attack, id: 'textfooler', parts: { transformations: [lexicon] } } }),
    );
    const members: readonly Part[] = [{ id: 'bert-attack' }, { id: 'textfooler' }];
    const worst = { ...attack, id: 'ensemble', parts: { search: { id: 'worst-of', parts: { members } } } };
    put(join(place, 'two'), manifest({ attack: worst, maskedLm: { id: 'masked language model' } }));
    const { attacks, leftOut } = found(folder, [place]);
    expect(leftOut).toEqual([]);
    expect(attacks.map((one) => one.folder)).toEqual([
      join(folder, 'attacks/copy'),
      join(place, 'one'),
      join(place, 'two'),
    ]);
    const said = attacks.map(({ row: { name, attacked, preset, lexicon, metrics } }) => [
      ...[name, attacked?.attack, attacked?.profile, preset, lexicon, metrics.attAcc.value],
    ]);
    expect(said).toEqual([
      ['vda', 'pwws', 'strict', 'pwws (default, strict)', 'its own rules', 0.5],
      ['vda', 'textfooler', 'strict', 'textfooler (default, strict)', 'lexicon abababababab', 0.5],
      [
        ...['vda', 'worst of bert-attack, textfooler', 'strict'],
        ...['worst of bert-attack, textfooler (default, strict)', 'masked LM minilm', 0.5],
      ],
    ]);
  });

  const replay = { ...attack, parts: { search: { id: 'replay' } } };
  const other = { ...model, content: { config: 'c', weights: 'other', 'vocab.txt': 'other' } };
  const otherTexts = { ...model, content: { config: 'c', weights: 'w', 'vocab.txt': 'other' } };
  it.each([
    ['other weights', manifest({ victim: victim(other) }), /another model \(other weights\)/],
    ['another tokenizer', manifest({ victim: victim(otherTexts) }), /another model \(other vocab\.txt\)/],
    [
      'votes',
      manifest({ victim: { id: 'votes', parts: { victim: victim() } } }),
      /another kind of victim \(votes\)/,
    ],
    ['a service', manifest({ victim: { id: 'endpoint' } }), /another kind of victim \(endpoint\)/],
    ['a replay', manifest({ attack: replay }), /made against another model/],
    [
      'a part',
      manifest({}, { shard: { index: 1, count: 3 } }),
      /part 1\/3; put the parts together with vda report/,
    ],
    ['some parts', manifest({}, { partial: { parts: [0, 2], count: 3 } }), /parts 0, 2 of 3 only/],
    ['an early version', { about: {} }, /early version of vda/],
  ])('leaves out %s below the run, with the reason, and refuses it where it is named', (_, more, reason) => {
    const folder = run();
    const place = put(join(folder, 'attack'), more);
    expect(found(folder)).toEqual({ attacks: [], leftOut: [expect.stringMatching(reason)] });
    expect(found(folder).leftOut[0]).toMatch(/attack is left out: .*\.$/);
    expect(() => found(run(), [place])).toThrow(
      expect.objectContaining({ code: 'conflict', message: expect.stringMatching(reason) }),
    );
  });

  it('leaves out an unfinished attack', () => {
    const folder = run();
    put(join(folder, 'attack'), manifest(), records.slice(1));
    expect(found(folder).leftOut[0]).toMatch(/unfinished, 1 of 2 texts; the same command goes on\.$/);
  });

  it('refuses a named folder without an attack', () => {
    const folder = run();
    mkdirSync(join(folder, 'nothing'));
    expect(() => found(folder, [join(folder, 'nothing')])).toThrow(
      /nothing holds no attack: expected attack\.json/,
    );
  });
});
