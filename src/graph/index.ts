/** The differentiable program: symbolic values, the ops on them, gradients, and emission. */

export { emitModel } from './emit-model.ts';
export type { Attribute, EmittedModel, EmittedOp } from './emitter.ts';
export { accumulate, gradient } from './gradient.ts';
export * from './ops/index.ts';
export { addDims, type Dim, elementsOf, evaluateDim, multiplyDims, type Shape } from './shape.ts';
export type { Op, Value } from './value.ts';
