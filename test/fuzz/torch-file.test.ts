import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { readTorchFile } from '../../src/pretrained/torch-file.ts';
import { fuzz, fuzzFolder } from './fuzz.ts';
import { mutatedBytes } from './mutate-json.ts';

const path = join(fuzzFolder(), 'pytorch_model.bin');
const written = ['torch-zip.bin', 'torch-legacy.bin'].map((name) =>
  readFileSync(join(import.meta.dirname, '../fixtures/checkpoints', name)),
);

fuzz('files that torch.save wrote are read or refused, whatever is in them', {
  cases: fc.oneof(...written.map(mutatedBytes)),
  paths: [path],
  read: (bytes) => {
    writeFileSync(path, bytes);
    for (const tensor of readTorchFile(path).values()) tensor.read();
  },
});
