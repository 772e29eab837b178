import { int64Tensor } from '../../base/tensor.ts';
import { alike, floats } from '../element-types.ts';
import { apply, type Op, type Value } from '../value.ts';
import { reduceSum } from './broadcast.ts';
import { exp, multiply, subtract } from './elementwise.ts';

type None = Readonly<Record<string, never>>;
const sumOverLast = (x: Value) => reduceSum(x, { axes: [-1], keepDims: true });

/** y = softmax x over the last axis: x̄ = y ⊙ (ȳ − Σ ȳ ⊙ y). */
export const softmaxOp: Op<None> = {
  name: 'softmax',
  types: alike(floats),
  infer: ([x]) => [{ shape: x!.shape, dtype: x!.dtype }],
  emit: (emitter, inputs) => emitter.node('Softmax', inputs, { attributes: { axis: -1 } }),
  vjp: ({ outputs: [y], cotangent: dy }) => [multiply(y!, subtract(dy, sumOverLast(multiply(dy, y!))))],
};

/** y = x − ln Σ eˣ over the last axis: x̄ = ȳ − eʸ ⊙ Σ ȳ. */
export const logSoftmaxOp: Op<None> = {
  name: 'logSoftmax',
  types: alike(floats),
  infer: ([x]) => [{ shape: x!.shape, dtype: x!.dtype }],
  emit: (emitter, inputs) => {
    if (emitter.has('LogSoftmax')) return emitter.node('LogSoftmax', inputs, { attributes: { axis: -1 } });
    const last = emitter.constant(int64Tensor([1], [-1]));
    const [largest] = emitter.node('ReduceMax', [inputs[0]!, last]);
    const [centred] = emitter.node('Sub', [inputs[0]!, largest!]);
    const [sum] = emitter.node('ReduceSum', [emitter.node('Exp', [centred!])[0]!, last]);
    return emitter.node('Sub', [centred!, emitter.node('Log', [sum!])[0]!]);
  },
  vjp: ({ outputs: [y], cotangent: dy }) => [subtract(dy, multiply(exp(y!), sumOverLast(dy)))],
};

export const softmax = (x: Value): Value => apply(softmaxOp, [x], {});
export const logSoftmax = (x: Value): Value => apply(logSoftmaxOp, [x], {});
