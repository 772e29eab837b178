import { excerpt } from '../../base/excerpt.ts';
import type { RuntimeOptions } from '../runtime.ts';
import { nativeFailure } from './native-session.ts';

/** What makes programs slower here than they need be, in sentences to say once before a long job. */
export async function runtimeRemarks({ device = 'cpu' }: RuntimeOptions): Promise<readonly string[]> {
  const failure = device === 'cpu' ? await nativeFailure() : undefined;
  if (failure === undefined) return [];
  return [
    `ONNX Runtime's C interface could not be opened by koffi (${excerpt(failure)}): training goes through the Node binding, with the same results, and takes longer.`,
  ];
}
