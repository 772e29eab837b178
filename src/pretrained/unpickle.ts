import { VdaError } from '../base/error.ts';

/** What a pickle may hold here: plain values, containers, and what the caller makes of the names it knows. */
export type Pickled =
  | null
  | boolean
  | number
  | string
  | readonly Pickled[]
  | PickledList
  | Map<Pickled, Pickled>
  | PickledName
  | object;

/** A list; tuples are arrays. */
export class PickledList {
  readonly items: Pickled[] = [];
}

/** A function or class that the pickle names, `module.name`; never called, only recognised. */
export class PickledName {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** What the caller makes of the parts that only it understands. Each throws for what it doesn't know. */
export interface PickleMeaning {
  /** Names that may stand in the pickle. */
  readonly allows: (name: string) => boolean;
  /** What a call of an allowed name gives. */
  readonly call: (name: string, args: readonly Pickled[]) => Pickled;
  /** What a persistent id stands for. */
  readonly persistent: (id: Pickled) => Pickled;
}

/**
 * Reads one pickle of protocol 2, as `torch.save` writes it, without the means to run anything: names are looked up in the
 * caller's list and no module is ever loaded. Opcodes beyond those for plain values, containers and calls are refused, and
 * so are counts and offsets outside the bytes: nothing is ever allocated for a length that the bytes merely claim.
 *
 * Source: `pickletools.py` of Python 3.11; the restriction is that of `torch.load(…, weights_only=True)`.
 * @param start where in `bytes` the pickle begins
 * @returns its value, and the offset after it
 * @throws VdaError `bad-input` when it is cut short or wrong, `unsupported` for a name or opcode outside the restriction
 */
export function unpickle(
  bytes: Uint8Array,
  {
    path,
    meaning,
    start = 0,
  }: { readonly path: string; readonly meaning: PickleMeaning; readonly start?: number },
): { readonly value: Pickled; readonly end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const stack: Pickled[] = [];
  const marks: number[] = [];
  const memo = new Map<number, Pickled>();
  let at = start;

  const wrong = (why: string) =>
    new VdaError(
      'bad-input',
      `${path} is not a pickle as PyTorch writes it: ${why}, at byte ${at}. Fetch or save the file again.`,
    );
  const take = (count: number): number => {
    if (count > bytes.length - at) throw wrong('it is cut short');
    at += count;
    return at - count;
  };
  const pop = (): Pickled => {
    if (stack.length <= (marks.at(-1) ?? 0)) throw wrong('a value is missing');
    return stack.pop()!;
  };
  const popMark = (): Pickled[] => {
    const mark = marks.pop();
    if (mark === undefined) throw wrong('a mark is missing');
    return stack.splice(mark);
  };
  const top = (): Pickled => stack.at(-1) ?? null;
  const text = (length: number): string => decoder.decode(bytes.subarray(take(length), at));
  const line = (): string => {
    const end = bytes.indexOf(0x0a, at);
    if (end < 0 || end - at > longestName) throw wrong('a name does not end');
    const found = text(end - at);
    take(1);
    return found;
  };
  const setItems = (items: readonly Pickled[]): void => {
    const target = top();
    if (!(target instanceof Map) || items.length % 2 !== 0) throw wrong('entries belong to no dictionary');
    for (let i = 0; i < items.length; i += 2) target.set(items[i]!, items[i + 1]!);
  };
  const appendItems = (items: readonly Pickled[]): void => {
    const target = top();
    if (!(target instanceof PickledList)) throw wrong('items belong to no list');
    for (const item of items) target.items.push(item);
  };
  const tuple = (length: number): void => {
    const items = Array.from({ length }, pop).reverse();
    stack.push(items);
  };
  const remember = (key: number): void => {
    if (stack.length === 0) throw wrong('a value is missing');
    memo.set(key, stack.at(-1)!);
  };
  const recall = (key: number): void => {
    if (!memo.has(key)) throw wrong('it refers to a value that is not there');
    stack.push(memo.get(key)!);
  };
  /** A two's-complement integer of `length` bytes, little-endian. */
  const long = (length: number): number => {
    if (length > 8) throw wrong(`an integer has ${length} bytes`);
    let value = 0n;
    const from = take(length);
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[from + i]!);
    return Number(BigInt.asIntN(8 * length, value));
  };
  const called = (): Pickled => {
    const args = pop();
    const callee = pop();
    if (!(callee instanceof PickledName) || !Array.isArray(args))
      throw wrong('something else than a name is called');
    return meaning.call(callee.name, args);
  };
  const named = (): PickledName => {
    const name = `${line()}.${line()}`;
    if (meaning.allows(name)) return new PickledName(name);
    throw new VdaError(
      'unsupported',
      `${path} asks to load ${name.slice(0, 80)}: only tensors are read from a pickle, and nothing in it is ever run.`,
    );
  };

  const opcodes: Readonly<Record<string, () => void>> = {
    '(': () => void marks.push(stack.length),
    N: () => void stack.push(null),
    '\x88': () => void stack.push(true),
    '\x89': () => void stack.push(false),
    K: () => void stack.push(view.getUint8(take(1))),
    M: () => void stack.push(view.getUint16(take(2), true)),
    J: () => void stack.push(view.getInt32(take(4), true)),
    G: () => void stack.push(view.getFloat64(take(8))),
    '\x8a': () => void stack.push(long(view.getUint8(take(1)))),
    X: () => void stack.push(text(view.getUint32(take(4), true))),
    ')': () => void stack.push([]),
    '\x85': () => tuple(1),
    '\x86': () => tuple(2),
    '\x87': () => tuple(3),
    t: () => void stack.push(popMark()),
    ']': () => void stack.push(new PickledList()),
    a: () => appendItems([pop()]),
    e: () => appendItems(popMark()),
    '}': () => void stack.push(new Map()),
    s: () => setItems([pop(), pop()].reverse()),
    u: () => setItems(popMark()),
    c: () => void stack.push(named()),
    R: () => void stack.push(called()),
    Q: () => void stack.push(meaning.persistent(pop())),
    b: () => void pop(), // the state of an OrderedDict: `_metadata`, which no tensor needs
    q: () => remember(view.getUint8(take(1))),
    r: () => remember(view.getUint32(take(4), true)),
    h: () => recall(view.getUint8(take(1))),
    j: () => recall(view.getUint32(take(4), true)),
  };

  if (bytes[take(2)] !== 0x80 || bytes[at - 1] !== 2) throw wrong('it does not begin as protocol 2');
  for (;;) {
    const opcode = String.fromCharCode(bytes[take(1)]!);
    if (opcode === '.') break;
    const step = Object.hasOwn(opcodes, opcode) ? opcodes[opcode]! : undefined;
    if (step === undefined) {
      throw new VdaError(
        'unsupported',
        `${path} has the pickle opcode 0x${opcode.charCodeAt(0).toString(16)} at byte ${at - 1}, which files of tensors do not use.`,
      );
    }
    step();
  }
  if (stack.length !== 1 || marks.length > 0) throw wrong('it leaves values over');
  return { value: stack[0]!, end: at };
}

const decoder = new TextDecoder('utf-8');
const longestName = 200;
