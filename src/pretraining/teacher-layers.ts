import { argument, VdaError } from '../base/error.ts';
import { float32Tensor, sizeOf, type Tensor } from '../base/tensor.ts';
import type { Architecture } from '../models/architecture.ts';
import type { ModelConfig } from '../models/config.ts';
import type { StoredWeights } from '../models/match-weights.ts';
import type { Teacher } from './teacher.ts';

interface Student {
  readonly architecture: Architecture;
  readonly config: ModelConfig;
}

/**
 * Weights to start a shallower student from: its teacher's embeddings, some of its layers, and its head.
 *
 * Of L_t layers the student's l-th is the one in the middle of the l-th of L_s equal parts, ⌊(l + ½)·L_t / L_s⌋. A narrower feed-forward
 * part keeps the neurons j of largest ‖W₁[j, :]‖·‖W₂[:, j]‖, in their order; positions are the first ones.
 *
 * Source: layers, DistilBERT (Sanh et al. 2019, arXiv:1910.01108) §2, which takes one layer of two; neurons by the size of their
 * weights, Li et al. 2017 (arXiv:1608.08710) §3.1, who sum absolute values.
 * @throws VdaError `usage` for a student of another family, width or number of heads, or larger than its teacher
 */
export function teacherWeights(student: Student, teacher: Teacher): StoredWeights {
  requireRoom(student, teacher);
  const { architecture, config } = student;
  const kept = Array.from({ length: config.numHiddenLayers }, (_, layer) => {
    const of = Math.floor(((layer + 0.5) * teacher.config.numHiddenLayers) / config.numHiddenLayers);
    const [own, its] = [layerPath(architecture, layer), layerPath(architecture, of)];
    return { own, its, neurons: neuronsOf(its, { teacher, count: config.intermediateSize }) };
  });
  const weightFor = (name: string, shape: readonly number[]): Tensor<'float32'> => {
    const layer = kept.find(({ own }) => name.startsWith(own));
    if (layer === undefined) return firstRows(teacher.weights[name]!, shape);
    const values = teacher.weights[layer.its + name.slice(layer.own.length)]!;
    return values.shape.join() === shape.join()
      ? values
      : withNeurons(values, {
          kept: layer.neurons,
          axis: shape.findIndex((length, i) => length !== values.shape[i]),
        });
  };
  const specs = architecture.parameters(config, { head: 'maskedLm', numLabels: 0 });
  return new Map(specs.map(({ name, shape }) => [name, { shape, read: () => weightFor(name, shape) }]));
}

function requireRoom({ architecture, config }: Student, teacher: Teacher): void {
  const of = teacher.config;
  const problems = [
    ...(architecture === teacher.architecture ? [] : [`the family of its teacher, ${of.modelType}`]),
    ...(config.hiddenSize === of.hiddenSize ? [] : [`${argument('hiddenSize')} ${of.hiddenSize}`]),
    ...(config.numAttentionHeads === of.numAttentionHeads
      ? []
      : [`${argument('numAttentionHeads')} ${of.numAttentionHeads}`]),
    ...(config.numHiddenLayers <= of.numHiddenLayers
      ? []
      : [`at most ${of.numHiddenLayers} ${argument('numHiddenLayers')}`]),
    ...(config.intermediateSize <= of.intermediateSize
      ? []
      : [`${argument('intermediateSize')} at most ${of.intermediateSize}`]),
    ...(architecture.positions(config) <= teacher.architecture.positions(of)
      ? []
      : [`${argument('maxSeqLength')} at most ${teacher.architecture.positions(of)}`]),
  ];
  if (problems.length === 0) return;
  throw new VdaError(
    'usage',
    `${argument('encoderInit')} teacher takes layers as they are: expected ${problems.join(', ')}. Change that, or take ${argument('embeddingInit')} teacher, which needs no equal sizes.`,
  );
}

/** What the names of a layer's tensors begin with, its number and a full stop at the end. */
function layerPath(architecture: Architecture, layer: number): string {
  const { query } = architecture.attentionNames(layer);
  return query.slice(0, query.indexOf(`.${layer}.`) + `.${layer}.`.length);
}

/** As many first rows as a shape has. */
function firstRows({ data, shape: stored }: Tensor<'float32'>, shape: readonly number[]): Tensor<'float32'> {
  return stored.join() === shape.join()
    ? float32Tensor(shape, data)
    : float32Tensor(shape, data.slice(0, sizeOf(shape)));
}

/** Rows of W₁ and its bias, or columns of W₂: the one axis that is as long as there are neurons. */
function withNeurons(
  { data, shape }: Tensor<'float32'>,
  p: { readonly kept: readonly number[]; readonly axis: number },
): Tensor<'float32'> {
  const { kept, axis } = p;
  if (axis === 0) {
    const width = shape[1] ?? 1;
    const rows = kept.flatMap((j) => [...data.subarray(j * width, (j + 1) * width)]);
    return float32Tensor([kept.length, ...shape.slice(1)], rows);
  }
  const [rows, neurons] = shape as [number, number];
  const values = Array.from({ length: rows }, (_, row) => kept.map((j) => data[row * neurons + j]!)).flat();
  return float32Tensor([rows, kept.length], values);
}

/** The feed-forward neurons of a layer that weigh most, in their order. */
function neuronsOf(
  path: string,
  { teacher, count }: { readonly teacher: Teacher; readonly count: number },
): readonly number[] {
  const { hiddenSize: width, intermediateSize: neurons } = teacher.config;
  const ofLayer = Object.entries(teacher.weights).filter(([name]) => name.startsWith(path));
  const inner = ofLayer.find(([, { shape }]) => shape.join() === `${neurons},${width}`)![1].data;
  const outer = ofLayer.findLast(([, { shape }]) => shape.join() === `${width},${neurons}`)![1].data;
  const size = (j: number): number => {
    let [rowSquares, columnSquares] = [0, 0];
    for (let i = 0; i < width; i++) {
      rowSquares += inner[j * width + i]! ** 2;
      columnSquares += outer[i * neurons + j]! ** 2;
    }
    return rowSquares * columnSquares;
  };
  const sizes = Array.from({ length: neurons }, (_, j) => size(j));
  const bySize = sizes.map((_, j) => j).sort((a, b) => sizes[b]! - sizes[a]! || a - b);
  return bySize.slice(0, count).sort((a, b) => a - b);
}
