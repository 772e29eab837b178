import { VdaError } from '../base/error.ts';
import { type Tensor, tensor } from '../base/tensor.ts';
import type { PretrainedModel } from './pretrained-model.ts';

/** A model, and its share of a mean; the shares of all are 1 together. A share may be below 0 or above 1. */
export interface Share {
  readonly model: PretrainedModel;
  readonly share: number;
}

/**
 * The weighted mean of models' weights (Wortsman and others 2022, arXiv:2203.05482, Eq. 1 with equal shares):
 *
 *     w = Σᵢ cᵢ·wᵢ
 *
 * Summed in double precision, in the order given, and rounded once to float32.
 * @returns float32 tensors by checkpoint name, in the shapes they have in each model
 * @throws VdaError `bad-input` naming the first weight that is not there, or of another shape, in one of them
 */
export function meanOfWeights(parts: readonly Share[]): ReadonlyMap<string, Tensor<'float32'>> {
  const names = new Set(parts.flatMap(({ model }) => Object.keys(model.weights)));
  return new Map([...names].map((name) => [name, meanOf(name, parts)]));
}

function meanOf(name: string, parts: readonly Share[]): Tensor<'float32'> {
  const shapeIn = ({ model }: Share) => model.weights[name]?.shape;
  const [first] = parts as readonly [Share, ...Share[]];
  const unlike = parts.find((part) => shapeIn(part)?.join() !== shapeIn(first)?.join());
  if (unlike !== undefined) {
    const said = (part: Share) => `${inWords(shapeIn(part))} in ${part.model.folder}`;
    throw new VdaError(
      'bad-input',
      `The weight ${name} is ${said(first)} and ${said(unlike)}: a mean needs models of one architecture.`,
    );
  }
  const data = parts.map(({ model, share }) => ({ share, values: model.weights[name]!.data }));
  const mean = Float32Array.from({ length: data[0]!.values.length }, (_, i) =>
    data.reduce((sum, { share, values }) => sum + share * values[i]!, 0),
  );
  return tensor('float32', shapeIn(first)!, mean);
}

const inWords = (shape: readonly number[] | undefined): string =>
  shape === undefined ? 'not there' : `[${shape.join(', ')}]`;
