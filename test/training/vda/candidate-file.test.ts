import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openCandidates } from '../../../src/training/vda/candidate-file.ts';
import { temporaryFolder } from '../../pretrained/folders.ts';

const candidates = (id: number) => ({
  ids: Int32Array.of(id, id + 1),
  logProbs: Float32Array.of(-1, -2),
});
const pairs = new Map([
  [0, 2],
  [1, 2],
]);

/** Opens the candidates of texts 0 and 1; says whether they were worked out for it, and what was said. */
async function open(base: string) {
  const said: string[] = [];
  let computed = false;
  const source = await openCandidates(base, {
    ...{ fingerprint: 'f', pairs, say: (line) => said.push(line) },
    compute: async function* () {
      computed = true;
      yield [1, candidates(1)] as const;
      yield [0, candidates(0)] as const;
    },
  });
  const found = [source.candidatesOf(0), source.candidatesOf(1)];
  source.close();
  return { computed, said, found };
}

describe('openCandidates', () => {
  it('bears another run that works out the same candidates at the same time', async () => {
    const folder = temporaryFolder();
    let begun = 0;
    async function* compute() {
      yield [0, candidates(0)] as const;
      begun++;
      while (begun < 2) await new Promise(setImmediate); // the other has written its first text too
      yield [1, candidates(1)] as const;
    }
    const openAtOnce = () =>
      openCandidates(join(folder, 'texts'), { fingerprint: 'f', pairs, compute, say: () => {} });
    for (const source of await Promise.all([openAtOnce(), openAtOnce()])) {
      expect([source.candidatesOf(0), source.candidatesOf(1)]).toEqual([candidates(0), candidates(1)]);
      source.close();
    }
    expect(readdirSync(folder).sort()).toEqual(['texts.bin', 'texts.json']);
  });

  it('works them out once', async () => {
    const base = join(temporaryFolder(), 'texts');
    const found = [candidates(0), candidates(1)];
    expect(await open(base)).toEqual({ computed: true, said: [], found });
    expect(await open(base)).toEqual({ computed: false, said: [], found });
  });

  const json =
    (change: (index: { entries: Record<string, unknown>; sha256?: string }) => void) => (base: string) => {
      const index = JSON.parse(readFileSync(`${base}.json`, 'utf8'));
      change(index);
      writeFileSync(`${base}.json`, JSON.stringify(index));
    };
  it.each<[string, (base: string) => void, RegExp]>([
    ['an empty index', (base) => writeFileSync(`${base}.json`, ''), /texts\.json: /],
    [
      'an index that is null',
      (base) => writeFileSync(`${base}.json`, 'null'),
      /expected an object, got null/,
    ],
    [
      'an index of another shape',
      json((index) => (index.entries = { 0: 'x' })),
      /entries\.0: expected a list/,
    ],
    ['a text without an entry', json((index) => delete index.entries[1]), /0 of 2 candidates of text 1/],
    [
      'entries that are swapped',
      json((index) => {
        [index.entries[0], index.entries[1]] = [index.entries[1], index.entries[0]];
      }),
      /its checksum is another/,
    ],
    ['an index without a checksum', json((index) => delete index.sha256), /sha256 is missing/],
    ['data cut short', (base) => truncateSync(`${base}.bin`, 20), /20 of 32 bytes/],
    [
      'data with a bit turned',
      (base) => writeFileSync(`${base}.bin`, readFileSync(`${base}.bin`).fill(9, 3, 4)),
      /its checksum is another/,
    ],
  ])('works them out anew, and says so, where it finds %s', async (_, damage, remark) => {
    const base = join(temporaryFolder(), 'texts');
    await open(base);
    damage(base);
    const { computed, said, found } = await open(base);
    expect({ computed, found }).toEqual({ computed: true, found: [candidates(0), candidates(1)] });
    expect(said).toEqual([expect.stringMatching(remark)]);
    expect(said[0]).toContain(`${base}.bin`);
    expect((await open(base)).computed).toBe(false);
  });

  it('refuses data that is cut while a run reads it', async () => {
    const base = join(temporaryFolder(), 'texts');
    await open(base);
    const compute = async function* () {};
    const source = await openCandidates(base, { fingerprint: 'f', pairs, compute, say: () => {} });
    truncateSync(`${base}.bin`, 20);
    expect(() => source.candidatesOf(0)).toThrow(
      /texts\.bin is truncated: the candidates of a text .* start the run/,
    );
    source.close();
  });
});
