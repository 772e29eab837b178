/** The sum of arrays of the same length, each number in float64 in the order of the arrays, rounded once. `into` may be one of them. */
export function addUp(arrays: readonly Float32Array[], into: Float32Array): void {
  const [a, b] = arrays;
  if (arrays.length === 1) {
    if (a !== into) into.set(a!);
    return;
  }
  if (arrays.length === 2) {
    for (let i = 0; i < into.length; i++) into[i] = a![i]! + b![i]!;
    return;
  }
  for (let start = 0; start < into.length; start += blockLength) {
    const end = Math.min(into.length, start + blockLength);
    for (let i = start; i < end; i++) sums[i - start] = a![i]! + b![i]!;
    for (const array of arrays.slice(2)) {
      for (let i = start; i < end; i++) sums[i - start] = sums[i - start]! + array[i]!;
    }
    for (let i = start; i < end; i++) into[i] = sums[i - start]!;
  }
}

const blockLength = 4096;
const sums = new Float64Array(blockLength);
