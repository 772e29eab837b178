import { expect } from 'vitest';
import type { StepMetrics } from '../../src/strategies/train-step.ts';
import { oracle } from './tiny-step.ts';

/** What an oracle worked out for a step. */
export interface ExpectedStep {
  readonly loss: number;
  readonly ce: number;
  readonly reg: number;
  readonly ownTerm?: number;
  /** Length of each parameter's gradient, by name. */
  readonly norms: Readonly<Record<string, number>>;
  /** Entries of gradients, at the places `oracle.entries` names. */
  readonly entries: readonly number[];
}

const tolerance = 1e-4;

/**
 * Holds a step's losses and gradients against an oracle: within 1e-4 relative. Some gradients are 0 by symmetry (a key's
 * bias), so their errors are also measured against the largest of all.
 *
 * @param whole gradients that the oracle gives in full, where it does
 */
export function expectStep(
  got: { readonly metrics: StepMetrics; readonly gradients: Readonly<Record<string, Float32Array>> },
  expected: ExpectedStep,
  whole: (parameter: string) => Float32Array | undefined = () => undefined,
): void {
  const { metrics, gradients } = got;
  for (const figure of ['loss', 'ce', 'reg', 'ownTerm'] as const) {
    if (expected[figure] === undefined) expect(metrics[figure], figure).toBeUndefined();
    else {
      const apart = Math.abs(metrics[figure]! - expected[figure]);
      expect(apart, figure).toBeLessThan(tolerance * Math.abs(expected[figure]) + 1e-9);
    }
  }
  const floor = 1e-6 * Math.max(...Object.values(expected.norms));
  for (const [parameter, norm] of Object.entries(expected.norms)) {
    const gradient = gradients[parameter]!;
    const length = Math.hypot(...gradient);
    expect(Math.abs(length - norm), `norm of ${parameter}`).toBeLessThan(tolerance * norm + floor);
    const apart = Math.hypot(...(whole(parameter) ?? []).map((value, i) => value - gradient[i]!));
    expect(apart, `gradient of ${parameter}`).toBeLessThan(tolerance * norm + floor);
  }
  for (const [i, [parameter, index]] of oracle.entries.entries()) {
    const apart = Math.abs(gradients[parameter]![index]! - expected.entries[i]!);
    expect(apart, `${parameter}[${index}]`).toBeLessThan(tolerance * expected.norms[parameter]! + floor);
  }
}
