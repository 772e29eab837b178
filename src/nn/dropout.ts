import { drop } from '../graph/ops/drop.ts';
import { input } from '../graph/ops/input.ts';
import type { Shape } from '../graph/shape.ts';
import type { Value } from '../graph/value.ts';

/** Drops elements of `x` at a named place of the model. */
export type Dropout = (x: Value, at: { readonly site: string; readonly probability: number }) => Value;

/** One place where dropout is applied; its keep-mask is the program input `dropout/<site>`, uint8 of this shape. */
export interface DropoutSite {
  readonly site: string;
  readonly shape: Shape;
  readonly probability: number;
}

/** Dropout for evaluation: everything passes. */
export const noDropout: Dropout = (x) => x;

/** Dropout whose places are apart from those of the same model elsewhere in the program. */
export const scoped =
  (dropout: Dropout, scope: string): Dropout =>
  (x, at) =>
    dropout(x, { ...at, site: scopedSite(scope, at.site) });

/** The name of a place within a scope. */
export const scopedSite = (scope: string, site: string): string => `${scope}/${site}`;

/**
 * Dropout for training. Each place becomes an input of the program for its mask, recorded in `sites`; who runs the
 * program fills them. A probability of 0 makes no site.
 */
export function traceDropout(): { readonly dropout: Dropout; readonly sites: readonly DropoutSite[] } {
  const sites: DropoutSite[] = [];
  const dropout: Dropout = (x, { site, probability }) => {
    if (probability === 0) return x;
    sites.push({ site, shape: x.shape, probability });
    return drop(x, { mask: input(`dropout/${site}`, { dtype: 'uint8', shape: x.shape }), probability });
  };
  return { dropout, sites };
}
