import { describe, expect, it } from 'vitest';
import { emitModel } from "../../src/graph/emit-model.js";
import { accumulate, gradient } from "../../src/graph/gradient.js";
import { add, cast, exp, gelu, gemm, input, layerNorm, multiply, reduceMax, reduceMean, reduceSum, reshape, scalar, softmax, stopGradient, subtract, sumOfSquares, takeRows, tanh, topK, } from "../../src/graph/ops/index.js";
import { topologicalOrder } from "../../src/graph/topological-order.js";
import { checkGradient } from "./check-gradient.js";
import { drawInputs } from "./fixtures.js";
import { doubles, evaluate } from "./reference.js";
const float = (name, shape = []) => input(name, { dtype: 'float32', shape });
const one = (x) => ({ shape: [], data: Float64Array.of(x) });
const resultOf = (value, feeds) => evaluate([value], {
    feeds: Object.fromEntries(Object.entries(feeds).map(([name, x]) => [name, one(x)])),
})[0].data[0];
describe('gradient', () => {
    it('adds up the cotangents of every use, x·x·x + x', () => {
        const x = float('x');
        const y = add(multiply(multiply(x, x), x), x);
        expect(resultOf(gradient(y, { x }).x, { x: 2 })).toBe(3 * 2 ** 2 + 1);
    });
    it('is 1 for the loss itself', () => {
        const x = float('x');
        expect(resultOf(gradient(x, { x }).x, { x: 5 })).toBe(1);
    });
    it('is zeros for a target that the loss does not depend on', () => {
        const [x, y] = [float('x', ['batch', 2]), float('y')];
        const { x: dx } = gradient(multiply(y, y), { x });
        const [zeros] = evaluate([dx], { feeds: {}, dims: { batch: 2 } });
        expect([...zeros.data]).toEqual([0, 0, 0, 0]);
    });
    it('takes a value inside of the program as a target', () => {
        const x = float('x');
        const y = exp(x);
        const { x: dx, y: dy } = gradient(multiply(y, y), { x, y });
        expect(resultOf(dy, { x: 0.5 })).toBeCloseTo(2 * Math.exp(0.5), 12);
        expect(resultOf(dx, { x: 0.5 })).toBeCloseTo(2 * Math.exp(1), 12);
    });
    it('can be differentiated again, d²/dx² tanh x = −2·tanh x·(1 − tanh² x)', () => {
        const x = float('x');
        const { x: first } = gradient(tanh(x), { x });
        const t = Math.tanh(0.3);
        expect(resultOf(gradient(first, { x }).x, { x: 0.3 })).toBeCloseTo(-2 * t * (1 - t * t), 12);
    });
    it('refuses a loss that is not a scalar', () => {
        const x = float('x', [3]);
        expect(() => gradient(x, { x })).toThrow('the loss has shape [3], not []');
    });
    it('refuses an op without a gradient only where a target lies below it', () => {
        const [x, y] = [float('x', [3]), float('y', [3])];
        const loss = reduceSum(multiply(reduceMax(x), y));
        expect(() => gradient(loss, { x })).toThrow("op 'reduceMax' has no gradient");
        expect(() => gradient(loss, { y })).not.toThrow();
    });
    it('takes the result of an op without a gradient as a target', () => {
        const ids = input('ids', { dtype: 'int64', shape: [3] });
        const x = cast(ids, 'float32');
        const { values } = topK(float('y', [4]), 2);
        const { x: dx, values: dv } = gradient(add(sumOfSquares(x), sumOfSquares(values)), { x, values });
        const feeds = {
            ids: { shape: [3], data: Float64Array.of(1, 2, 3) },
            y: { shape: [4], data: Float64Array.of(1, 5, 3, 2) },
        };
        const results = evaluate([dx, dv], { feeds });
        expect(results.map(({ data }) => [...data])).toEqual([
            [2, 4, 6],
            [10, 6],
        ]);
    });
    it('passes what stopGradient holds, even through an op without a gradient', () => {
        const x = float('x', [3]);
        const shifted = subtract(x, stopGradient(reduceMax(x)));
        const { x: dx } = gradient(reduceSum(shifted), { x });
        const [result] = evaluate([dx], { feeds: { x: { shape: [3], data: Float64Array.of(1, 2, 3) } } });
        expect([...result.data]).toEqual([1, 1, 1]);
    });
    it('refuses to go through the saved statistics of layerNorm', () => {
        const x = float('x', [2, 4]);
        const y = layerNorm(x, { gamma: float('gamma', [4]), beta: float('beta', [4]), epsilon: 1e-12 });
        const [, mean] = y.node.outputs;
        expect(() => gradient(reduceSum(mean), { x })).toThrow("a saved statistic of op 'layerNorm'");
    });
    it('agrees with central differences through a small network with a tied embedding', () => {
        const inputs = {
            table: { shape: [5, 4] },
            w: { shape: [6, 4] },
            b: { shape: [6] },
            gamma: { shape: [6] },
            beta: { shape: [6] },
            v: { shape: [4, 6] },
        };
        const targets = Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, float(name, shape)]));
        const { table, w, b, gamma, beta, v } = targets;
        const ids = input('ids', { dtype: 'int64', shape: ['batch', 'length'] });
        const rows = reshape(takeRows(table, ids), ['batch*length', 4]);
        const hidden = layerNorm(gelu(gemm(rows, w, { transposeB: true, addend: b })), {
            gamma,
            beta,
            epsilon: 1e-5,
        });
        const scores = gemm(gemm(hidden, v, { transposeB: true }), table, { transposeB: true });
        const loss = reduceMean(multiply(softmax(scores), scores));
        const dims = { batch: 2, length: 3 };
        const tensors = drawInputs({ ...inputs, ids: { shape: ['batch', 'length'], dtype: 'int64', draw: { below: 5 } } }, { dims });
        const feeds = Object.fromEntries(Object.entries(tensors).map(([name, x]) => [name, doubles(x)]));
        checkGradient(loss, targets, { feeds, dims });
    });
});
describe('a program of 10,000 nodes in a row', () => {
    const x = float('x');
    let deep = x;
    for (let i = 0; i < 10_000; i++)
        deep = multiply(deep, scalar(1));
    it('is ordered, differentiated and written without overflowing the stack', () => {
        const order = topologicalOrder([deep]);
        expect(order[0]).toBe(x.node);
        expect(order.at(-1)).toBe(deep.node);
        const { x: dx } = gradient(deep, { x });
        expect(resultOf(dx, { x: 3 })).toBe(1);
        expect(emitModel({ deep, dx: dx }).nodes.length).toBeGreaterThan(20_000 - 1);
    });
    it('is ordered with inputs before users', () => {
        const seen = new Set();
        const early = topologicalOrder([deep]).filter((node) => {
            for (const value of node.outputs)
                seen.add(value);
            return !node.inputs.every((value) => seen.has(value));
        });
        expect(early).toHaveLength(0);
    });
});
it('a value used 10,000 times accumulates without overflowing the stack', () => {
    const [x, base] = [float('x'), float('base')];
    let sum = scalar(0);
    for (let i = 0; i < 10_000; i++)
        sum = add(sum, multiply(x, scalar(2)));
    const total = accumulate(base, gradient(sum, { x }).x);
    expect(resultOf(total, { x: 1, base: 5 })).toBe(20_005);
});
it('a sum doubled 40 times accumulates in a program of that size, not in 2⁴⁰ terms', () => {
    const [x, base] = [float('x'), float('base')];
    let sum = x;
    for (let i = 0; i < 40; i++)
        sum = add(sum, sum);
    const total = accumulate(base, gradient(sum, { x }).x);
    expect(topologicalOrder([total]).length).toBeLessThan(200);
    expect(resultOf(total, { x: 1, base: 5 })).toBe(5 + 2 ** 40);
});
it('accumulate leaves a broadcast sum whole', () => {
    const [x, base] = [float('x', [2, 3]), float('base', [2, 3])];
    const row = gemm(float('a', [1, 2]), float('b', [2, 3]));
    expect(accumulate(base, add(x, row)).shape).toEqual([2, 3]);
});
