import { messageOf, VdaError } from '../../base/error.ts';
import { quotedExcerpt } from '../../base/excerpt.ts';
import { parseJson } from '../../base/parse-json.ts';
import { checkSettings, type SettingRules } from '../../base/setting-rules.ts';
import type { WordConstraint } from '../constraints/constraint.ts';
import { neighbourTable, type SimilarityOptions } from '../constraints/neighbour-table.ts';
import { similarVectors, type WordVectors } from '../constraints/word-vectors.ts';

/** Word → words of similar meaning, best first, lower case. */
export type NeighbourTable = ReadonlyMap<string, ReadonlySet<string>>;

/** What a file of word similarity holds. */
export type SimilaritySource =
  | { readonly kind: 'neighbours'; readonly table: NeighbourTable }
  | { readonly kind: 'vectors'; readonly vectors: WordVectors };

/**
 * Reads word similarity of either kind, told apart by its first character:
 * - `{`: a neighbour table, JSON, word → list of neighbours (see `neighbourTable`); words that differ in case only are
 *   one word, with the neighbours of all;
 * - else word vectors as text, a line a word: the word, then its numbers, apart by spaces. A first line of two numbers
 *   (word2vec's count and dimension) is passed over, and so are words with spaces in them, as GloVe's of 840 billion tokens has
 *   them (see `similarVectors`).
 *
 * @param name what messages call the bytes, such as the path of their file
 * @throws VdaError `bad-input` when it is neither, naming the line
 */
export function parseSimilarity(bytes: Uint8Array, name: string): SimilaritySource {
  if ((bytes[0] === 0x1f && bytes[1] === 0x8b) || (bytes[0] === 0x50 && bytes[1] === 0x4b)) {
    throw new VdaError(
      'bad-input',
      `${name} is compressed; expected word vectors or a neighbour table as text. Unpack it first.`,
    );
  }
  const isTable = utf8.decode(bytes.subarray(0, 64)).trimStart().startsWith('{');
  return isTable
    ? { kind: 'neighbours', table: parseTable(utf8.decode(bytes), name) }
    : { kind: 'vectors', vectors: parseVectors(bytes, name) };
}

/**
 * The two words must be alike by a source: neighbours in its table, or vectors of a least cosine.
 * @param options.threshold least cosine, of vectors; default 0.7, as in the attack of Zhou et al. 2021
 * @throws VdaError `usage` for a threshold that is no cosine
 */
export function similarityConstraint(
  source: SimilaritySource,
  options: SimilarityOptions & { readonly threshold?: number } = {},
): WordConstraint {
  const { threshold = 0.7, ...others } = options;
  checkSettings('similarityConstraint', { threshold }, { rules });
  return source.kind === 'neighbours'
    ? neighbourTable(source.table, others)
    : similarVectors(source.vectors, { ...others, threshold });
}

const rules = { threshold: { kind: 'number', min: -1, max: 1 } } as const satisfies SettingRules;

const utf8 = new TextDecoder();

function parseTable(text: string, path: string): NeighbourTable {
  let table: unknown;
  try {
    table = parseJson(text);
  } catch (error) {
    throw new VdaError('bad-input', `${path} begins as JSON but is not: ${messageOf(error)}`);
  }
  const merged = new Map<string, Set<string>>();
  for (const [key, neighbours] of Object.entries(table as Record<string, unknown>)) {
    if (!Array.isArray(neighbours) || neighbours.some((item) => typeof item !== 'string')) {
      throw new VdaError(
        'bad-input',
        `${path}: expected ${quotedExcerpt(key)} to have a list of words, as in {"good": ["fine"]}.`,
      );
    }
    const word = key.toLowerCase();
    const lowered = neighbours.map((item: string) => item.toLowerCase());
    merged.set(word, new Set([...(merged.get(word) ?? []), ...lowered]));
  }
  return merged;
}

/** Many times the dimensions of any word vectors published. */
const mostDimensions = 10_000;

/** Line by line over the bytes: the usual file of vectors is longer than a string may be. */
function parseVectors(bytes: Uint8Array, path: string): WordVectors {
  const rows = new Map<string, number>();
  const chunks: Float32Array[] = [];
  let dimension = 0;
  let line = 0;
  for (let start = 0; start < bytes.length; ) {
    const newline = bytes.indexOf(10, start);
    const end = newline < 0 ? bytes.length : newline;
    const content = utf8.decode(bytes.subarray(start, end)).replace(/^ +|[ \t\r]+$/g, ''); // a no-break space may be a word
    const [word = '', ...fields] = content.split(/ +/);
    start = end + 1;
    line++;
    if (word === '' || (line === 1 && fields.length === 1)) continue;
    if (fields.length > mostDimensions) {
      throw new VdaError('bad-input', `${path}, line ${line}: ${fields.length} numbers are no word vector.`);
    }
    const others = dimension > 0 ? fields.slice(0, -dimension) : []; // of the word, where it has spaces in it
    if (others.length > 0 && others.every((one) => Number.isNaN(Number(one)))) continue;
    const vector = Float32Array.from(fields, Number);
    dimension ||= vector.length;
    if (vector.length !== dimension || dimension < 2 || !vector.every(Number.isFinite)) {
      throw new VdaError(
        'bad-input',
        `${path}, line ${line}: expected a word and ${dimension < 2 ? 'its' : dimension} numbers, got ${quotedExcerpt(word)} and ` +
          `${fields.length} fields. A similarity file holds word vectors as text, or JSON of word → neighbours.`,
      );
    }
    if (rows.has(word.toLowerCase())) continue;
    const length = Math.hypot(...vector);
    rows.set(word.toLowerCase(), chunks.length);
    chunks.push(length > 0 ? vector.map((value) => value / length) : vector);
  }
  if (dimension === 0)
    throw new VdaError('bad-input', `${path} is empty: expected word vectors or a neighbour table.`);
  const values = new Float32Array(chunks.length * dimension);
  for (const [row, chunk] of chunks.entries()) values.set(chunk, row * dimension);
  return { rows, dimension, values };
}
