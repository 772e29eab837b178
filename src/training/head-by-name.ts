import { excerptList } from '../base/excerpt.ts';
import { sizeOf, type Tensor, tensor } from '../base/tensor.ts';
import type { Architecture } from '../models/architecture.ts';
import { areDefaultLabels, labelNames, type ModelConfig } from '../models/config.ts';
import type { StoredWeight, StoredWeights } from '../models/match-weights.ts';

/**
 * A checkpoint's weights for the classes of the training data. Where its classifier's last layer tells as many classes apart,
 * each class keeps its row by name, whatever the order; a class number or `LABEL_n` on either side is no name and keeps its
 * place. With other names, or another number of classes, the last layer is left out and starts anew. Whatever changes what
 * a row stands for is said.
 *
 * @param stored the checkpoint's configuration, with its class names
 * @param labels class names of the data, in order
 */
export function headByName(
  weights: StoredWeights,
  p: {
    readonly architecture: Architecture;
    readonly stored: ModelConfig;
    readonly labels: readonly string[];
    readonly say: (line: string) => void;
  },
): StoredWeights {
  const { architecture, stored, labels, say } = p;
  const found = lastLayer(architecture, stored).filter((name) => weights.has(name));
  const [first] = found;
  if (first === undefined) return weights;
  const without = () => new Map([...weights].filter(([name]) => !found.includes(name)));
  const rows = weights.get(first)!.shape[0];
  if (found.some((name) => weights.get(name)!.shape[0] !== labels.length)) {
    say(
      `The checkpoint tells ${rows} classes apart, the data has ${labels.length}: its last layer starts anew.`,
    );
    return without();
  }
  const own = labelNames(stored);
  const order = rowsFor(labels, own);
  if (order === undefined) {
    say(
      `The checkpoint's classes are ${excerptList(own)}, those of the data ${excerptList(labels)}: its last layer starts anew.`,
    );
    return without();
  }
  if (order.every((row, label) => row === label)) {
    if (labels.some((label, i) => label !== own[i])) {
      say(
        `The checkpoint's classes ${excerptList(own)} become ${excerptList(labels)}, in this order: its last layer is kept.`,
      );
    }
    return weights;
  }
  say(
    `The checkpoint's classes are ${excerptList(own)}, in another order than those of the data: the rows of its last layer go by name.`,
  );
  return new Map(
    [...weights].map(([name, weight]) => [name, found.includes(name) ? rearranged(weight, order) : weight]),
  );
}

/** The parameters that another number of classes would give another shape. */
function lastLayer(architecture: Architecture, config: ModelConfig): readonly string[] {
  const parametersFor = (numLabels: number) =>
    architecture.parameters(config, { head: 'classifier', numLabels });
  const ofMore = parametersFor(3);
  return parametersFor(2)
    .filter(({ shape }, i) => shape.join() !== ofMore[i]!.shape.join())
    .map(({ name }) => name);
}

/** The checkpoint's row of each of the data's classes; undefined where their names are others. */
function rowsFor(labels: readonly string[], own: readonly string[]): readonly number[] | undefined {
  const rowOf = new Map(own.map((name, row) => [name, row]));
  if (own.length === labels.length && labels.every((name) => rowOf.has(name))) {
    return labels.map((name) => rowOf.get(name)!);
  }
  return areNumbers(labels) || areNumbers(own) ? labels.map((_, row) => row) : undefined;
}

/** Whether class names say nothing but their numbers, `0, 1, …` or `LABEL_0, LABEL_1, …`. */
const areNumbers = (labels: readonly string[]): boolean =>
  areDefaultLabels(labels) || labels.every((label, id) => label === String(id));

function rearranged(weight: StoredWeight, order: readonly number[]): StoredWeight {
  const { shape } = weight;
  return {
    shape,
    read: (): Tensor<'float32'> => {
      const { data } = weight.read();
      const width = sizeOf(shape.slice(1));
      const out = new Float32Array(data.length);
      for (const [to, from] of order.entries())
        out.set(data.subarray(from * width, (from + 1) * width), to * width);
      return tensor('float32', shape, out);
    },
  };
}
