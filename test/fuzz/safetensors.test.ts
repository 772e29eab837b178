import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { bert } from '../../src/models/bert/index.ts';
import { readFloat32, readSafetensors, writeSafetensors } from '../../src/pretrained/safetensors.ts';
import { openWeights } from '../../src/pretrained/weights.ts';
import { countingTensors } from '../pretrained/tiny-model.ts';
import { fuzz, fuzzFolder } from './fuzz.ts';
import { mutatedBytes, mutatedJson, oddNumbers } from './mutate-json.ts';

const folder = fuzzFolder();
const path = join(folder, 'model.safetensors');

const header = {
  __metadata__: { format: 'pt' },
  a: { dtype: 'F32', shape: [2, 3], data_offsets: [0, 24] },
  b: { dtype: 'I64', shape: [], data_offsets: [24, 32] },
  c: { dtype: 'BF16', shape: [4], data_offsets: [32, 40] },
  d: { dtype: 'BOOL', shape: [0, 5], data_offsets: [40, 40] },
};
const data = Buffer.alloc(40, 1);

/** A file of a header and its tensors; the length in front may lie. */
const headed = fc
  .record({
    json: mutatedJson(header),
    length: fc.oneof(
      { weight: 7, arbitrary: fc.constant(undefined) },
      {
        weight: 1,
        arbitrary: fc.constantFrom(...oddNumbers.filter((n) => n >= 0 && Number.isSafeInteger(n))),
      },
    ),
  })
  .map(({ json, length }) => {
    const bytes = Buffer.from(json);
    const front = Buffer.alloc(8);
    front.writeBigUInt64LE(BigInt(length ?? bytes.length));
    return Buffer.concat([front, bytes, data]);
  });

const whole = Buffer.concat([Buffer.alloc(8), Buffer.from(JSON.stringify(header)), data]);
whole.writeBigUInt64LE(BigInt(whole.length - 48));

fuzz('safetensors files are read or refused, whatever is in them', {
  cases: fc.oneof(headed, headed, mutatedBytes(whole)),
  paths: [path],
  read: (bytes) => {
    writeFileSync(path, bytes);
    const file = readSafetensors(path);
    for (const name of file.entries.keys()) readFloat32(file, name);
  },
});

const sharded = fuzzFolder();
const index = join(sharded, 'model.safetensors.index.json');
const [first, second] = ['first.safetensors', 'second.safetensors'];
writeSafetensors(join(sharded, first), countingTensors({ 'bert.a': [2], 'bert.gamma': [1] }));
writeSafetensors(join(sharded, second), countingTensors({ 'bert.b': [2, 2] }));

fuzz('indices of sharded weights are read or refused, whatever is in them', {
  cases: mutatedJson({
    metadata: { total_size: 28 },
    weight_map: { 'bert.a': first, 'bert.gamma': first, 'bert.b': second },
  }),
  paths: [sharded],
  read: (json) => {
    writeFileSync(index, json);
    for (const weight of openWeights(sharded, { family: bert, architectures: [] }).values()) weight.read();
  },
});
