import { concat } from '../graph/ops/concat.ts';
import { reshape } from '../graph/ops/reshape.ts';
import { slice } from '../graph/ops/slice.ts';
import type { Value } from '../graph/value.ts';

/** `copies` of a value along its first axis. Shapes: `[batch, …]` → `[copies·batch, …]`. */
export const repeatRows = (x: Value, copies: number): Value =>
  concat(
    Array.from({ length: copies }, () => x),
    0,
  );

/** The copies of a batch, apart. Shapes: `[copies·batch, …]` → copies of `[batch, …]`. */
export function copiesOf(x: Value, copies: number): readonly Value[] {
  if (copies === 1) return [x];
  const rest = x.shape.slice(1);
  const grouped = reshape(x, [copies, 'batch', ...rest]);
  return Array.from({ length: copies }, (_, j) =>
    reshape(slice(grouped, { axis: 0, start: j, size: 1 }), ['batch', ...rest]),
  );
}
