import { messageOf, VdaError } from '../../base/error.ts';

/** Parts of speech in the order the file stores them: noun, verb, adjective, adverb. */
export const partsOfSpeech = ['n', 'v', 'a', 'r'] as const;
/** Where each stands among them. */
export const partIndex = { noun: 0, verb: 1, adjective: 2, adverb: 3 } as const;
/** A part of speech of WordNet. */
export type LemmaPart = keyof typeof partIndex;

const storedRelations = ['hypernym', 'similar', 'also', 'antonym', 'toAdjective'] as const;
/** The relations between synsets; `hyponym` is `hypernym` read backwards, the others are stored. */
export type RelationName = (typeof storedRelations)[number] | 'hyponym';

/** Synset → synsets, as compressed rows: targets of `s` are `targets[offsets[s] … offsets[s + 1])`. */
export interface Relation {
  readonly offsets: Int32Array;
  readonly targets: Int32Array;
}

/** The decoded file. */
export interface WordnetTable {
  readonly wordIds: ReadonlyMap<string, number>;
  /** Row `4·word + part`: synsets of a word in one part of speech, most frequent sense first. */
  readonly senses: Relation;
  readonly relations: Readonly<Record<RelationName, Relation>>;
  /** Irregular forms by `part form`, for example `1 went` → `['go']`. */
  readonly irregular: ReadonlyMap<string, readonly string[]>;
}

/**
 * Decodes the compact WordNet that `scripts/build-lexicon.mjs` writes (the layout is described there), unpacked.
 * About 70,000 single words; 0.1 s.
 *
 * @throws VdaError `bad-input` when the bytes are not of that layout
 */
export function decodeWordnet(bytes: Uint8Array): WordnetTable {
  try {
    return decode(bytes);
  } catch (error) {
    throw new VdaError(
      'bad-input',
      `These ${bytes.length} bytes are no WordNet table as scripts/build-lexicon.mjs writes it: ${messageOf(error)}`,
    );
  }
}

interface Header {
  readonly words: number;
  readonly synsets: number;
  readonly wordBytes: number;
  readonly irregularBytes: number;
}

function decode(bytes: Uint8Array): WordnetTable {
  const headerEnd = 4 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const utf8 = new TextDecoder();
  const textOf = (start: number, end: number) => utf8.decode(bytes.subarray(start, end));
  const header = JSON.parse(textOf(4, headerEnd)) as Header;
  const wordsEnd = headerEnd + header.wordBytes;
  const irregularEnd = wordsEnd + header.irregularBytes;

  const words = textOf(headerEnd, wordsEnd).split('\n');
  const wordIds = new Map(words.map((word, id) => [word, id]));
  const irregular = new Map<string, readonly string[]>();
  for (const line of textOf(wordsEnd, irregularEnd).split('\n')) {
    const [part, form, ...lemmas] = line.split(' ');
    irregular.set(`${part} ${form}`, lemmas);
  }

  const next = integerReader(bytes, irregularEnd);
  const senses = readRows(next, header.words * partsOfSpeech.length);
  const stored = Object.fromEntries(
    storedRelations.map((name) => [name, readPairs(next, header.synsets)]),
  ) as Record<(typeof storedRelations)[number], Relation>;
  return { wordIds, senses, relations: { ...stored, hyponym: backwards(stored.hypernym) }, irregular };
}

/** Reads LEB128 integers one after another. */
function integerReader(bytes: Uint8Array, start: number): () => number {
  let at = start;
  return () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      if (byte === undefined) throw new VdaError('bad-input', 'the file ends too early');
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
}

function readRows(next: () => number, rows: number): Relation {
  const offsets = new Int32Array(rows + 1);
  const targets: number[] = [];
  for (let row = 0; row < rows; row++) {
    for (let left = next(); left > 0; left--) targets.push(next());
    offsets[row + 1] = targets.length;
  }
  return { offsets, targets: Int32Array.from(targets) };
}

function readPairs(next: () => number, synsets: number): Relation {
  const count = next();
  const offsets = new Int32Array(synsets + 1);
  const targets = new Int32Array(count);
  let source = 0;
  for (let i = 0; i < count; i++) {
    source += next();
    const zigzag = next();
    targets[i] = source + (zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2);
    offsets[source + 1]!++;
  }
  for (let row = 0; row < synsets; row++) offsets[row + 1]! += offsets[row]!;
  return { offsets, targets };
}

function backwards({ offsets, targets }: Relation): Relation {
  const starts = new Int32Array(offsets.length);
  for (const target of targets) starts[target + 1]!++;
  for (let row = 1; row < starts.length; row++) starts[row]! += starts[row - 1]!;
  const sources = new Int32Array(targets.length);
  const filled = starts.slice();
  for (let source = 0; source + 1 < offsets.length; source++) {
    for (let at = offsets[source]!; at < offsets[source + 1]!; at++)
      sources[filled[targets[at]!]!++] = source;
  }
  return { offsets: starts, targets: sources };
}
