// The kernels of src/optim, written in AssemblyScript. Every pointer is a byte offset into the imported memory,
// every count a number of elements. Nothing here allocates or keeps static data: all of the memory is the caller's.
export { adamwStep } from './adamw';
export { dropoutMaskU8 } from './dropout';
export { fillNormal } from './normal';
export { sumOfSquares } from './vector';
