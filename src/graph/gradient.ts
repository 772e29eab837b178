import { VdaError } from '../base/error.ts';
import { float32Tensor } from '../base/tensor.ts';
import { expand } from './ops/broadcast.ts';
import { constant, scalar } from './ops/constant.ts';
import { add, addOp } from './ops/elementwise.ts';
import { type GemmAttributes, gemm, gemmOp } from './ops/gemm.ts';
import { type ScatterAttributes, scatterAddRows, scatterAddRowsOp } from './ops/take-rows.ts';
import { sameShape } from './shape.ts';
import { topologicalOrder } from './topological-order.ts';
import { isOf, type Node, opOf, type Value, type VjpContext } from './value.ts';

/**
 * Reverse-mode differentiation: ∂loss/∂target for each target, as new symbolic values.
 *
 * Walks the nodes between targets and loss from the loss backwards, adding up cotangents (x̄ = Σ over uses of its
 * vector-Jacobian products). Nodes that no target reaches are skipped.
 *
 * @param loss scalar, shape `[]`.
 * @throws VdaError `internal` for a loss that isn't a scalar, or by the name of an op that has no gradient.
 */
export function gradient(loss: Value, targets: Readonly<Record<string, Value>>): Record<string, Value> {
  if (loss.shape.length !== 0)
    throw new VdaError('internal', `gradient: the loss has shape [${loss.shape}], not []`);
  const order = topologicalOrder([loss]);
  const wanted = new Set<Value>(Object.values(targets));
  const reached = new Set<Node>();
  for (const node of order) {
    if (node.outputs.some((v) => wanted.has(v)) || node.inputs.some((v) => reached.has(v.node)))
      reached.add(node);
  }

  const cotangents = new Map<Value, Value>([[loss, constant(float32Tensor([], [1]))]]);
  for (const node of order.toReversed()) {
    const cotangent = cotangents.get(node.outputs[0]!);
    if (node.outputs.slice(1).some((v) => cotangents.has(v))) {
      throw new VdaError(
        'internal',
        `gradient: a saved statistic of op '${node.op.name}' was used as a result`,
      );
    }
    // A target's own op isn't differentiated unless another target lies below it: it may have no gradient.
    if (!cotangent || !node.inputs.some((v) => reached.has(v.node))) continue;
    for (const [i, contribution] of vjpOf(node, cotangent).entries()) {
      const target = node.inputs[i]!;
      if (!contribution || !reached.has(target.node)) continue;
      const sum = cotangents.get(target);
      cotangents.set(target, sum ? add(sum, contribution) : contribution);
    }
  }
  return Object.fromEntries(
    Object.entries(targets).map(([name, target]) => [name, cotangents.get(target) ?? zerosLike(target)]),
  );
}

const zerosLike = (x: Value): Value => expand(scalar(0), x.shape);

function vjpOf(node: Node, cotangent: Value): readonly (Value | undefined)[] {
  const { vjp, name } = opOf(node);
  if (vjp === 'none') throw new VdaError('internal', `gradient: op '${name}' has no gradient`);
  const context: VjpContext<unknown> = { ...node, cotangent };
  return vjp(context);
}

/**
 * base + gradient, written so that the sum costs no extra pass where its last operation can add into its output:
 * a matrix product takes the sum so far as its addend, a scatter starts from it. With base and result in the same buffer
 * the gradient accumulates in place.
 */
export const accumulate = (base: Value, gradientValue: Value): Value =>
  termsOf(gradientValue).reduce(addTerm, base);

function addTerm(sum: Value, term: Value): Value {
  const { inputs, attributes } = term.node;
  if (isOf(term.node, gemmOp) && inputs.length === 2) {
    return gemm(inputs[0]!, inputs[1]!, { ...(attributes as GemmAttributes), addend: sum });
  }
  if (isOf(term.node, scatterAddRowsOp) && inputs.length === 2) {
    const { rows, distinct } = attributes as ScatterAttributes;
    return scatterAddRows({ ids: inputs[0]!, updates: inputs[1]!, rows, distinct, base: sum });
  }
  return add(sum, term);
}

/** The values that a sum adds up, all of its own shape; a sum that occurs again is taken whole, not apart again. */
function termsOf(sum: Value): readonly Value[] {
  const terms: Value[] = [];
  const apart = new Set<Value>();
  const open = [sum];
  for (let value = open.pop(); value; value = open.pop()) {
    const { inputs } = value.node;
    const sums =
      isOf(value.node, addOp) &&
      !apart.has(value) &&
      inputs.every(({ shape }) => sameShape(shape, sum.shape));
    if (sums) {
      apart.add(value);
      open.push(...inputs.toReversed());
    } else {
      terms.push(value);
    }
  }
  return terms;
}
