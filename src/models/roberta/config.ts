import { readEncoderFields, writeEncoderFields } from '../encoder-config.ts';
import type { ConfigFormat } from '../family.ts';

/** `RobertaConfig`: BERT's fields, and another padding token where none is named. */
export const config: ConfigFormat = {
  read: (json, path) => readEncoderFields({ pad_token_id: 1, ...json }, path),
  write: writeEncoderFields,
};
