/**
 * Compares the ids and token types of `loadTokenizer` with those Python's `transformers` gave, and times it.
 *
 *     python oracles/tokenizer_parity.py --model FOLDER --out expected.jsonl DATA...
 *     node scripts/ts.mjs bench/tokenizer-parity.ts FOLDER expected.jsonl
 */
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { loadTokenizer } from '../src/pretrained/load-tokenizer.ts';

interface Case {
  readonly text: string;
  readonly pair?: string;
  readonly length?: number;
  readonly ids: readonly number[];
  readonly types: readonly number[];
}

const SHOWN = 10;
const [folder, expected] = process.argv.slice(2);
if (folder === undefined || expected === undefined) {
  throw new Error('Usage: node scripts/ts.mjs bench/tokenizer-parity.ts FOLDER expected.jsonl');
}

const tokenizer = await loadTokenizer(folder);
let count = 0;
let differences = 0;
let milliseconds = 0;
for await (const line of createInterface({ input: createReadStream(expected) })) {
  const { text, pair, length, ids, types } = JSON.parse(line) as Case;
  const begin = performance.now();
  const got = tokenizer.encode(text, {
    ...(pair === undefined ? {} : { pair }),
    ...(length === undefined ? {} : { maxLength: length }),
  });
  milliseconds += performance.now() - begin;
  count++;
  if (got.ids.join() === ids.join() && got.typeIds.join() === types.join()) continue;
  differences++;
  if (differences <= SHOWN) {
    const show = (some: readonly number[]) => some.slice(0, 60).map(tokenizer.tokenOf).join(' ');
    console.log(
      `${JSON.stringify({ text, pair, length }).slice(0, 300)}\n  here   ${show(got.ids)}\n  python ${show(ids)}`,
    );
  }
}
console.log(
  `${count} encodings, ${differences} differences, ${Math.round((1000 * count) / milliseconds)} a second`,
);
process.exitCode = differences > 0 ? 1 : 0;
