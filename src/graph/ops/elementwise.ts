import { alike, float32, floats, numbers, signed, type TypeRule } from '../element-types.ts';
import { broadcastShapes } from '../shape.ts';
import { apply, type Op, type Value, type Vjp } from '../value.ts';
import { sumTo } from './broadcast.ts';
import { scalar } from './constant.ts';

type None = Readonly<Record<string, never>>;

const binaryOp = (name: string, onnxType: string, vjp: Vjp<None>): Op<None> => ({
  name,
  types: alike(numbers),
  infer: ([a, b]) => [{ shape: broadcastShapes(name, [a!.shape, b!.shape]), dtype: a!.dtype }],
  emit: (emitter, inputs) => emitter.node(onnxType, inputs),
  vjp,
});

/** Undoes broadcasting: both cotangents are summed to their input's shape. */
const summed = (inputs: readonly Value[], cotangents: readonly Value[]): readonly Value[] =>
  cotangents.map((cotangent, i) => sumTo(cotangent, inputs[i]!.shape));

/** y = a + b: ā = ȳ, b̄ = ȳ. */
export const addOp = binaryOp('add', 'Add', ({ inputs, cotangent }) =>
  summed(inputs, [cotangent, cotangent]),
);

/** y = a − b: ā = ȳ, b̄ = −ȳ. */
export const subtractOp = binaryOp('subtract', 'Sub', ({ inputs, cotangent }) =>
  summed(inputs, [cotangent, negate(cotangent)]),
);

/** y = a ⊙ b: ā = ȳ ⊙ b, b̄ = ȳ ⊙ a. */
export const multiplyOp = binaryOp('multiply', 'Mul', ({ inputs, cotangent }) =>
  summed(inputs, [multiply(cotangent, inputs[1]!), multiply(cotangent, inputs[0]!)]),
);

/** y = a / b: ā = ȳ / b, b̄ = −ȳ ⊙ y / b. */
export const divideOp = binaryOp('divide', 'Div', ({ inputs, outputs, cotangent }) => {
  const da = divide(cotangent, inputs[1]!);
  return summed(inputs, [da, negate(multiply(da, outputs[0]!))]);
});

const unaryOp = (name: string, onnxType: string, types: TypeRule, vjp: Vjp<None>): Op<None> => ({
  name,
  types,
  infer: ([x]) => [{ shape: x!.shape, dtype: x!.dtype }],
  emit: (emitter, inputs) => emitter.node(onnxType, inputs),
  vjp,
});

/** y = −x: x̄ = −ȳ. */
export const negateOp = unaryOp('negate', 'Neg', alike(signed), ({ cotangent }) => [negate(cotangent)]);

/** y = eˣ: x̄ = ȳ ⊙ y. */
export const expOp = unaryOp('exp', 'Exp', alike(floats), ({ outputs, cotangent }) => [
  multiply(cotangent, outputs[0]!),
]);

/** y = ln x: x̄ = ȳ / x. */
export const logOp = unaryOp('log', 'Log', alike(floats), ({ inputs, cotangent }) => [
  divide(cotangent, inputs[0]!),
]);

/** y = √x: x̄ = ȳ / 2y. */
export const sqrtOp = unaryOp('sqrt', 'Sqrt', alike(floats), ({ outputs, cotangent }) => [
  divide(cotangent, multiply(outputs[0]!, scalar(2))),
]);

/** y = tanh x: x̄ = ȳ ⊙ (1 − y²). */
export const tanhOp = unaryOp('tanh', 'Tanh', alike(floats), ({ outputs, cotangent }) => [
  multiply(cotangent, subtract(scalar(1), multiply(outputs[0]!, outputs[0]!))),
]);

/** y = max(x, 0): x̄ = ȳ where x > 0, else 0. */
export const reluOp = unaryOp('relu', 'Relu', alike(floats), ({ outputs, cotangent }) => [
  multiply(cotangent, sign(outputs[0]!)),
]);

/** y = erf x: x̄ = ȳ ⊙ (2/√π) e^(−x²). */
export const erfOp = unaryOp('erf', 'Erf', alike(float32), ({ inputs, cotangent }) => [
  multiply(
    cotangent,
    multiply(exp(negate(multiply(inputs[0]!, inputs[0]!))), scalar(2 / Math.sqrt(Math.PI))),
  ),
]);

/** y = |x|: x̄ = ȳ ⊙ sign x (0 at 0). */
export const absOp = unaryOp('abs', 'Abs', alike(numbers), ({ inputs, cotangent }) => [
  multiply(cotangent, sign(inputs[0]!)),
]);

/** y = sign x; constant almost everywhere: x̄ = 0, passed as nothing. */
export const signOp = unaryOp('sign', 'Sign', alike(numbers), () => [undefined]);

export const add = (a: Value, b: Value): Value => apply(addOp, [a, b], {});
export const subtract = (a: Value, b: Value): Value => apply(subtractOp, [a, b], {});
export const multiply = (a: Value, b: Value): Value => apply(multiplyOp, [a, b], {});
export const divide = (a: Value, b: Value): Value => apply(divideOp, [a, b], {});
export const negate = (x: Value): Value => apply(negateOp, [x], {});
export const exp = (x: Value): Value => apply(expOp, [x], {});
export const log = (x: Value): Value => apply(logOp, [x], {});
export const sqrt = (x: Value): Value => apply(sqrtOp, [x], {});
export const tanh = (x: Value): Value => apply(tanhOp, [x], {});
export const relu = (x: Value): Value => apply(reluOp, [x], {});
export const erf = (x: Value): Value => apply(erfOp, [x], {});
export const abs = (x: Value): Value => apply(absOp, [x], {});
export const sign = (x: Value): Value => apply(signOp, [x], {});
