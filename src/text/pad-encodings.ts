import { int64Tensor, type Tensor } from '../base/tensor.ts';
import type { Encoding } from './tokenizer.ts';

/** A batch of encodings as the models read it; all int64 `[batch, length]`. */
export interface PaddedBatch {
  readonly ids: Tensor<'int64'>;
  readonly typeIds: Tensor<'int64'>;
  /** 1 for tokens, 0 for padding. */
  readonly attentionMask: Tensor<'int64'>;
}

export interface PadOptions {
  readonly padId: number;
  /** Pad to this many tokens; to the batch's longest text unless told. */
  readonly length?: number;
}

/** Lays encodings side by side, padded on the right. */
export function padEncodings(encodings: readonly Encoding[], { padId, length }: PadOptions): PaddedBatch {
  const width = length ?? Math.max(1, ...encodings.map(({ ids }) => ids.length));
  const shape = [encodings.length, width];
  const rows = (cell: (encoding: Encoding, position: number) => number) =>
    int64Tensor(
      shape,
      encodings.flatMap((encoding) =>
        Array.from({ length: width }, (_, position) => cell(encoding, position)),
      ),
    );
  return {
    ids: rows(({ ids }, i) => ids[i] ?? padId),
    typeIds: rows(({ typeIds }, i) => typeIds[i] ?? 0),
    attentionMask: rows(({ ids }, i) => (i < ids.length ? 1 : 0)),
  };
}
