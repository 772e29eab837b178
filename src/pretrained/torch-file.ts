import { fstatSync } from 'node:fs';
import { VdaError } from '../base/error.ts';
import { excerpt } from '../base/excerpt.ts';
import { sizeOf, type Tensor, tensor } from '../base/tensor.ts';
import { readBytes, withFile } from '../files/file-bytes.ts';
import { truncated } from '../files/truncated.ts';
import { bytesOf, float32Decoders, type StoredDType } from './stored-dtypes.ts';
import { type Pickled, PickledList, PickledName, type PickleMeaning, unpickle } from './unpickle.ts';
import { type ZipEntry, zipEntries } from './zip-entries.ts';

/** A tensor of a file that `torch.save` wrote, read from disk each time `read` is called. */
export interface TorchTensor {
  readonly shape: readonly number[];
  read(): Tensor<'float32'>;
}

/** No pickle of tensors' names and shapes comes near this. */
const longestPickle = 2 ** 26;

const storageTypes: Readonly<Record<string, StoredDType>> = {
  'torch.DoubleStorage': 'F64',
  'torch.FloatStorage': 'F32',
  'torch.HalfStorage': 'F16',
  'torch.BFloat16Storage': 'BF16',
  'torch.LongStorage': 'I64',
  'torch.IntStorage': 'I32',
  'torch.ShortStorage': 'I16',
  'torch.CharStorage': 'I8',
  'torch.ByteStorage': 'U8',
  'torch.BoolStorage': 'BOOL',
};

/**
 * Opens a state dict that `torch.save` wrote (`pytorch_model.bin`), in the zip form of PyTorch 1.6 and later or the older
 * form of pickles one after the other. Only names, shapes and places are read; nothing in the file is ever run
 * ({@link unpickle}), and every tensor lies inside the file.
 *
 * Source: `torch/serialization.py` of PyTorch 2.15, `_save` and `_legacy_save`.
 * @throws VdaError `not-found` when there is no file; `bad-input` when it is damaged; `unsupported` when it holds anything
 *   but tensors by name
 */
export function readTorchFile(path: string): ReadonlyMap<string, TorchTensor> {
  return withFile(path, (file) => {
    const size = fstatSync(file).size;
    if (size < 16) throw truncated({ path, what: 'the tensors', expected: 16, got: size });
    const [magic] = new Uint32Array(readBytes(file, { path, start: 0, bytes: 4 }).buffer);
    const open = magic === 0x04034b50 ? openZip : openLegacy;
    return open({ file, path, size });
  });
}

interface OpenFile {
  readonly file: number;
  readonly path: string;
  readonly size: number;
}

/** A run of elements that tensors are views of; where it lies is known once the whole file has been read. */
class Storage {
  readonly key: string;
  readonly dtype: StoredDType;
  readonly elements: number;
  start: number | undefined;
  constructor(key: string, dtype: StoredDType, elements: number) {
    this.key = key;
    this.dtype = dtype;
    this.elements = elements;
  }
}

/** A tensor as the pickle describes it: element (i, j, …) is the storage's offset + i·s₁ + j·s₂ + …. */
class View {
  readonly storage: Storage;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  constructor(storage: Storage, p: { offset: number; shape: readonly number[]; strides: readonly number[] }) {
    this.storage = storage;
    this.offset = p.offset;
    this.shape = p.shape;
    this.strides = p.strides;
  }
}

function openZip({ file, path }: OpenFile): ReadonlyMap<string, TorchTensor> {
  const entries = zipEntries(file, path);
  const pickle = [...entries.keys()].find((name) => /^[^/]*\/data\.pkl$/.test(name));
  if (pickle === undefined) throw notTensors(path, 'it is a zip file without data.pkl');
  const folder = pickle.slice(0, -'data.pkl'.length);
  const bytesAt = (entry: ZipEntry) => readBytes(file, { path, ...entry });
  const order = entries.get(`${folder}byteorder`);
  if (order !== undefined && order.bytes < 16 && new TextDecoder().decode(bytesAt(order)) !== 'little') {
    throw new VdaError(
      'unsupported',
      `${path} was written on a big-endian machine. Save it as safetensors there.`,
    );
  }
  const entry = entries.get(pickle)!;
  if (entry.bytes > longestPickle) throw notTensors(path, `its pickle has ${entry.bytes} bytes`);
  const storages = new Map<string, Storage>();
  const { value } = unpickle(bytesAt(entry), { path, meaning: meaningOf(path, storages) });
  for (const storage of storages.values()) {
    const stored = entries.get(`${folder}data/${storage.key}`);
    const expected = storage.elements * bytesOf[storage.dtype];
    if (stored?.bytes !== expected) {
      throw notTensors(
        path,
        `storage ${storage.key} should have ${expected} bytes, the file has ${stored?.bytes ?? 'none'}`,
      );
    }
    storage.start = stored.start;
  }
  return tensorsOf(value, path);
}

/** A magic number, a protocol number, facts about the machine, the state dict and the storages' keys, each pickled; then the storages. */
function openLegacy({ file, path, size }: OpenFile): ReadonlyMap<string, TorchTensor> {
  const bytes = readBytes(file, { path, start: 0, bytes: Math.min(size, longestPickle) });
  const storages = new Map<string, Storage>();
  const meaning = meaningOf(path, storages);
  let at = 0;
  const next = (): Pickled => {
    const { value, end } = unpickle(bytes, { path, meaning, start: at });
    at = end;
    return value;
  };
  if (bytes[0] !== 0x80 || bytes[1] !== 2 || bytes[2] !== 0x8a || bytes[3] !== 10)
    throw notTensors(path, 'it begins otherwise');
  at = 15; // the magic number: an integer of 10 bytes
  if (next() !== 1001) throw notTensors(path, 'it is of another version');
  const machine = next();
  if (!(machine instanceof Map) || machine.get('little_endian') !== true) {
    throw new VdaError(
      'unsupported',
      `${path} was written on a big-endian machine. Save it as safetensors there.`,
    );
  }
  const value = next();
  const keys = next();
  if (!(keys instanceof PickledList)) throw notTensors(path, 'it does not list its storages');
  for (const key of keys.items) {
    const storage = storages.get(String(key));
    if (storage === undefined) throw notTensors(path, 'it lists a storage that no tensor uses');
    if (at + 8 > size) throw truncated({ path, what: 'the tensors', expected: at + 8, got: size });
    const stated = new DataView(readBytes(file, { path, start: at, bytes: 8 }).buffer).getBigInt64(0, true);
    if (stated !== BigInt(storage.elements))
      throw notTensors(path, `storage ${storage.key} has another size than its tensors`);
    storage.start = at + 8;
    at += 8 + storage.elements * bytesOf[storage.dtype];
    if (at > size) throw truncated({ path, what: 'the tensors', expected: at, got: size });
  }
  const lost = [...storages.values()].find(({ start }) => start === undefined);
  if (lost !== undefined) throw notTensors(path, `storage ${lost.key} is not in it`);
  return tensorsOf(value, path);
}

/** What torch's own names and persistent ids stand for. */
function meaningOf(path: string, storages: Map<string, Storage>): PickleMeaning {
  const calls: Readonly<Record<string, (args: readonly Pickled[]) => Pickled>> = {
    'collections.OrderedDict': (args) => {
      if (args.length > 0) throw notTensors(path, 'an OrderedDict is made from something');
      return new Map();
    },
    'torch._utils._rebuild_tensor_v2': ([storage, offset, shape, strides]) => {
      if (!(storage instanceof Storage) || !isIndex(offset) || !isIndices(shape) || !isIndices(strides)) {
        throw notTensors(path, 'a tensor is described otherwise');
      }
      return view(path, storage, { offset, shape, strides });
    },
    'torch._utils._rebuild_parameter': ([data]) => {
      if (!(data instanceof View)) throw notTensors(path, 'a parameter is no tensor');
      return data;
    },
  };
  return {
    allows: (name) => Object.hasOwn(calls, name) || Object.hasOwn(storageTypes, name),
    call: (name, args) => {
      if (!Object.hasOwn(calls, name)) throw notTensors(path, `it calls ${name}`);
      return calls[name]!(args);
    },
    persistent: (id) => {
      const [kind, type, key, , elements, part = null] = Array.isArray(id) ? id : [];
      const name =
        type instanceof PickledName && Object.hasOwn(storageTypes, type.name) ? type.name : undefined;
      if (
        kind !== 'storage' ||
        name === undefined ||
        typeof key !== 'string' ||
        !isIndex(elements) ||
        part !== null
      ) {
        throw notTensors(path, 'it refers to something else than a storage');
      }
      const known = storages.get(key) ?? new Storage(key, storageTypes[name]!, elements);
      if (known.dtype !== storageTypes[name] || known.elements !== elements) {
        throw notTensors(path, `storage ${key} is described in two ways`);
      }
      storages.set(key, known);
      return known;
    },
  };
}

/** A tensor, all of whose elements lie in the storage. */
function view(
  path: string,
  storage: Storage,
  p: { readonly offset: number; readonly shape: readonly number[]; readonly strides: readonly number[] },
): View {
  const { offset, shape, strides } = p;
  const last = shape.reduce((sum, size, i) => sum + Math.max(0, size - 1) * (strides[i] ?? 0), offset);
  const isEmpty = shape.includes(0);
  const fits =
    strides.length === shape.length &&
    (isEmpty || (last < storage.elements && sizeOf(shape) <= storage.elements));
  if (!fits)
    throw notTensors(path, `a tensor of shape [${shape.slice(0, 8).join(', ')}] reaches beyond its storage`);
  return new View(storage, p);
}

function tensorsOf(value: Pickled, path: string): ReadonlyMap<string, TorchTensor> {
  if (!(value instanceof Map)) throw notTensors(path, 'it is no dictionary');
  const tensors = new Map<string, TorchTensor>();
  for (const [name, one] of value) {
    if (typeof name !== 'string') throw notTensors(path, 'a key is no text');
    if (!(one instanceof View)) {
      throw notTensors(
        path,
        `its entry "${name.slice(0, 80)}" is no tensor (a training checkpoint keeps the model inside such an entry)`,
      );
    }
    tensors.set(name, { shape: one.shape, read: () => readView(path, one) });
  }
  return tensors;
}

function readView(path: string, { storage, offset, shape, strides }: View): Tensor<'float32'> {
  const width = bytesOf[storage.dtype];
  const decode = float32Decoders[storage.dtype];
  const read = (from: number, count: number) =>
    decode(
      withFile(path, (file) =>
        readBytes(file, { path, start: storage.start! + from * width, bytes: count * width }),
      ).buffer,
    );
  const size = sizeOf(shape);
  if (isContiguous(shape, strides)) return tensor('float32', shape, read(offset, size));
  const all = read(0, storage.elements);
  const out = new Float32Array(size);
  const index = shape.map(() => 0);
  for (let i = 0; i < size; i++) {
    out[i] = all[index.reduce((sum, at, axis) => sum + at * strides[axis]!, offset)]!;
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis]! === shape[axis]; axis--) index[axis] = 0;
  }
  return tensor('float32', shape, out);
}

function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== expected) return false;
    expected *= shape[axis]!;
  }
  return true;
}

const isIndex = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const isIndices = (value: unknown): value is number[] => Array.isArray(value) && value.every(isIndex);

const notTensors = (path: string, why: string) =>
  new VdaError(
    'unsupported',
    `${path} is no file of tensors by name as torch.save writes them: ${excerpt(why, 160)}.`,
  );
