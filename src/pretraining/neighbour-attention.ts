import { fillNormal, randomKey, randomStream } from '../base/random.ts';
import type { Architecture } from '../models/architecture.ts';
import type { ModelConfig } from '../models/config.ts';
import type { ParameterStore } from '../optim/parameter-store.ts';

/** Score of the neighbour a head looks at; others have about 0, so it starts with most of a head's attention. */
const peak = 8;
/** Root mean square of position embeddings, about that of trained word embeddings. */
const positionScale = 0.05;
/** Most frequencies that tell positions apart: 16 keep all of 128 positions well below the peak. */
const mostFrequencies = 16;

export interface NeighbourAttentionOptions {
  readonly architecture: Architecture;
  readonly config: ModelConfig;
  readonly seed: number;
}

/** Dimensions of the hidden state, the last ones, that hold positions and no words at the start. */
export const positionDimensions = ({ hiddenSize, numAttentionHeads }: ModelConfig): number =>
  2 * Math.min(mostFrequencies, Math.floor(hiddenSize / numAttentionHeads / 2));

/**
 * Starts a model from scratch with heads that look at neighbours, which masked-LM training otherwise finds late: small
 * models stay at the loss of single words until they do. In the lower half of the layers head h looks at offset
 * o = −1, 1, −2, 2, …:
 *
 *     P[t] = (cos ω_i t, sin ω_i t)_i in the last 2F dimensions, 0 in the others;   words: 0 in the last 2F
 *     q_t = g·R(o)·P[t], k_s = g·P[s]   →   q_t·k_s/√d = (peak/F)·Σ_i cos ω_i(t + o − s), which is `peak` at s = t + o
 *
 * R(o) turns each pair by ω_i·o, d is the width of a head, and the frequencies ω_i are drawn, one in each of F equal parts of
 * (0, π), so that no two offsets look alike. Values carry a random projection of the neighbour's word, which the
 * output turns back into word dimensions, leaving positions as they are. All of it is trained like any other start.
 *
 * Our own; the idea is the positional heads that trained BERTs turn out to have (Clark et al. 2019, arXiv:1906.04341, §3.1).
 */
export function startAtNeighbours(
  store: ParameterStore,
  { architecture, config, seed }: NeighbourAttentionOptions,
): void {
  const { hiddenSize, numAttentionHeads, numHiddenLayers } = config;
  const dimensions = positionDimensions(config);
  const wordDimensions = hiddenSize - dimensions;
  const frequencies = drawFrequencies(dimensions / 2, seed);
  const clearEnds = (rows: Float32Array) => {
    for (let end = hiddenSize; end <= rows.length; end += hiddenSize) rows.fill(0, end - dimensions, end);
  };
  const change = (name: string, by: (values: Float32Array) => void) => {
    const values = Float32Array.from(store.read(name).data);
    by(values);
    store.write(name, { values });
  };
  change(architecture.wordEmbeddingName, clearEnds);
  change(architecture.positionEmbeddingName, (table) => writePositions(table, { hiddenSize, frequencies }));

  const gain = Math.sqrt((peak * Math.sqrt(hiddenSize / numAttentionHeads)) / dimensions);
  for (let layer = 0; layer < Math.ceil(numHiddenLayers / 2); layer++) {
    const names = architecture.attentionNames(layer);
    const changeMatrix = (part: keyof typeof names, by: (matrix: Float32Array) => void) =>
      change(`${names[part]}.weight`, by);
    const heads = Array.from({ length: numAttentionHeads }, (_, head) => ({
      ...{ head, hiddenSize, width: hiddenSize / numAttentionHeads, frequencies, gain },
      offset: offsetOf(layer * numAttentionHeads + head),
    }));
    changeMatrix('query', (matrix) => {
      for (const place of heads) writeRotation(matrix, place);
    });
    changeMatrix('key', (matrix) => {
      for (const place of heads) writeRotation(matrix, { ...place, offset: 0 });
    });
    const stream = (part: string) => randomStream(randomKey(seed, `neighbour attention ${layer} ${part}`));
    changeMatrix('value', (matrix) => {
      fillNormal(matrix, { stream: stream('value'), std: 1 / Math.sqrt(wordDimensions) });
      clearEnds(matrix);
    });
    changeMatrix('output', (matrix) => {
      fillNormal(matrix, { stream: stream('output'), std: 0.6 / Math.sqrt(hiddenSize) });
      matrix.fill(0, wordDimensions * hiddenSize);
    });
  }
}

/** −1, 1, −2, 2, … */
const offsetOf = (n: number): number => (n % 2 === 0 ? -1 : 1) * (Math.floor(n / 2) + 1);

function drawFrequencies(count: number, seed: number): readonly number[] {
  const stream = randomStream(randomKey(seed, 'neighbour attention frequencies'));
  return Array.from({ length: count }, (_, i) => (Math.PI * (i + stream.nextFloat())) / count);
}

function writePositions(
  table: Float32Array,
  { hiddenSize, frequencies }: { readonly hiddenSize: number; readonly frequencies: readonly number[] },
): void {
  const amplitude = positionScale * Math.SQRT2; // of a cosine with that root mean square
  const first = hiddenSize - 2 * frequencies.length;
  table.fill(0);
  for (let t = 0; t < table.length / hiddenSize; t++) {
    for (const [i, omega] of frequencies.entries()) {
      table[t * hiddenSize + first + 2 * i] = amplitude * Math.cos(omega * t);
      table[t * hiddenSize + first + 2 * i + 1] = amplitude * Math.sin(omega * t);
    }
  }
}

/** First rows of a head: position dimensions turned by ω·offset and scaled; words do not enter. */
function writeRotation(
  matrix: Float32Array,
  p: {
    readonly head: number;
    readonly width: number;
    readonly hiddenSize: number;
    readonly frequencies: readonly number[];
    readonly gain: number;
    readonly offset: number;
  },
): void {
  const { hiddenSize, frequencies, gain } = p;
  const first = hiddenSize - 2 * frequencies.length;
  for (const [i, omega] of frequencies.entries()) {
    const row = (p.head * p.width + 2 * i) * hiddenSize;
    const [c, s] = [gain * Math.cos(omega * p.offset), gain * Math.sin(omega * p.offset)];
    matrix.fill(0, row, row + 2 * hiddenSize);
    matrix.set([c, -s], row + first + 2 * i);
    matrix.set([s, c], row + hiddenSize + first + 2 * i);
  }
}
