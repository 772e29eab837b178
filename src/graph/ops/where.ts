import { numbers } from '../element-types.ts';
import { broadcastShapes } from '../shape.ts';
import { apply, type Op, type Value } from '../value.ts';
import { sumTo } from './broadcast.ts';
import { scalar } from './constant.ts';

/** y = a where the condition holds, else b: ȳ goes to the side that was taken. Condition: bool. */
export const whereOp: Op<Readonly<Record<string, never>>> = {
  name: 'where',
  types: { T: numbers, inputs: [['bool'], 'T'] },
  infer: ([condition, a, b]) => [
    { shape: broadcastShapes('where', [condition!.shape, a!.shape, b!.shape]), dtype: a!.dtype },
  ],
  emit: (emitter, inputs) => emitter.node('Where', inputs),
  vjp: ({ inputs: [condition, a, b], cotangent }) => [
    undefined,
    sumTo(where(condition!, { whenTrue: cotangent, whenFalse: scalar(0) }), a!.shape),
    sumTo(where(condition!, { whenTrue: scalar(0), whenFalse: cotangent }), b!.shape),
  ],
};

/** Chooses elementwise between two values; all three broadcast. */
export const where = (
  condition: Value,
  branches: { readonly whenTrue: Value; readonly whenFalse: Value },
): Value => apply(whereOp, [condition, branches.whenTrue, branches.whenFalse], {});
