import { gradient } from "../../src/graph/gradient.js";
import { multiply, reduceSum } from "../../src/graph/ops/index.js";
import { expectClose } from "./fixtures.js";
import { evaluate } from "./reference.js";
/** loss = Σ y ⊙ weights: with random weights every element of a Jacobian counts. */
export const weightedSum = (y, weights) => reduceSum(multiply(y, weights));
/**
 * ∂loss/∂x by central differences in doubles, (f(x + h) − f(x − h)) / 2h with h = 10⁻⁵: truncation leaves h²·f‴/6 ≈ 10⁻¹⁰
 * and rounding 10⁻¹⁶/h = 10⁻¹¹ of the loss.
 */
export function centralDifferences(loss, input, options) {
    const h = 1e-5;
    const { shape, data } = options.feeds[input];
    const at = (i, x) => {
        const feeds = { ...options.feeds, [input]: { shape, data: data.with(i, x) } };
        return evaluate([loss], { ...options, feeds })[0].data[0];
    };
    return { shape, data: data.map((x, i) => (at(i, x + h) - at(i, x - h)) / (2 * h)) };
}
/**
 * Holds `gradient` of a loss against central differences, both in doubles. The tolerance is that of the constants of
 * the programs, which are float32 (2⁻²⁴ ≈ 6·10⁻⁸).
 */
export function checkGradient(loss, targets, options) {
    const gradients = gradient(loss, targets);
    const names = Object.keys(targets);
    const results = evaluate(Object.values(gradients), options);
    names.forEach((name, i) => {
        expectClose(results[i], centralDifferences(loss, name, options), {
            tolerance: 3e-7,
            what: `∂loss/∂${name}`,
        });
    });
}
