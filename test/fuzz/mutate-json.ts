import fc from 'fast-check';

/** Names that every object inherits. */
export const inherited = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'];

/** Numbers at which sizes go wrong. */
export const oddNumbers = [
  0,
  -1,
  1,
  2,
  0.5,
  -0.5,
  1e-320,
  255,
  2 ** 16,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 32,
  1e9,
  1e15,
  Number.MAX_SAFE_INTEGER,
  2 ** 53,
  1e300,
  -1e300,
];

/** Text that stands for itself in the JSON: what `JSON.stringify` never writes. */
const rawMarks = ['NaN', '-Infinity', '1e999', '01', '+1', '', '{', ']', '"', "'a'", '[[[[[[[['] as const;

/** Text put into the JSON as it is. */
class Raw {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}
/** A key that stands twice. */
class Doubled {
  readonly values: readonly [unknown, unknown];
  constructor(values: readonly [unknown, unknown]) {
    this.values = values;
  }
}

const deep = (depth: number, kind: number): unknown => {
  let value: unknown = 1;
  for (let i = 0; i < depth; i++) value = kind === 0 ? [value] : { a: value };
  return value;
};

/** Values of every type, of odd sizes, and nested deep. */
export const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc
      .constantFrom('null', 'true', 'false', '""', '[]', '{}', '[[]]', '[null]', '{"a":1}', '{"content":1}')
      .map((json) => JSON.parse(json) as unknown),
  },
  { weight: 5, arbitrary: fc.constantFrom(...oddNumbers) },
  { weight: 2, arbitrary: fc.constantFrom(...inherited) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(...inherited).map((name) => JSON.parse(`{"${name}": 1}`) as unknown),
  },
  { weight: 2, arbitrary: fc.string({ maxLength: 6, unit: 'binary' }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom('\n', '\u001b[31m', '\u0000', '\ud800', 'é', '中', ' ', 'x'.repeat(20_000)),
  },
  { weight: 2, arbitrary: fc.constantFrom(...rawMarks).map((text) => new Raw(text)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom(3, 60, 300, 20_000), fc.nat(1))
      .map(([depth, kind]) => deep(depth, kind)),
  },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom(true, false)
      .map((list) =>
        list
          ? [...Array(2000).keys()]
          : Object.fromEntries([...Array(2000).keys()].map((i) => [`key ${i}`, i])),
      ),
  },
);

/** One change of a document. */
interface Change {
  /** Which place, as a number modulo the places there are. */
  readonly place: number;
  readonly what: 'replace' | 'remove' | 'add' | 'rename' | 'repeat' | 'double';
  readonly value: unknown;
  readonly name: string;
}

const change: fc.Arbitrary<Change> = fc.record({
  place: fc.nat(),
  what: fc.constantFrom('replace', 'replace', 'replace', 'remove', 'add', 'rename', 'repeat', 'double'),
  value: oddValue,
  name: fc.oneof(
    fc.constantFrom(
      ...inherited,
      '',
      '0',
      '-1',
      '1e9',
      '4294967294',
      'a.b',
      'a\nb',
      'k'.repeat(10_000),
      '-_'.repeat(5_000),
    ),
    fc.string({ maxLength: 4 }),
  ),
});

interface Slot {
  readonly holder: Record<string, unknown> | unknown[];
  readonly key: string | number;
}

function slotsOf(value: unknown, depth = 0): Slot[] {
  if (typeof value !== 'object' || value === null || depth > 12) return [];
  if (value instanceof Raw || value instanceof Doubled) return [];
  const keys: (string | number)[] = Array.isArray(value)
    ? [...value.keys()].slice(0, 40)
    : Object.keys(value).slice(0, 60);
  const holder = value as Record<string, unknown>;
  return keys.flatMap((key) => [{ holder, key }, ...slotsOf(holder[key], depth + 1)]);
}

/** Own, whatever its name. */
const put = (holder: object, key: string | number, value: unknown) =>
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });

function apply(root: { value: unknown }, { place, what, value, name }: Change): void {
  const slots = slotsOf(root);
  const slot = slots[place % slots.length];
  if (slot === undefined) return;
  const { holder, key } = slot;
  const old = (holder as Record<string, unknown>)[key];
  if (what === 'replace') put(holder, key, value);
  else if (what === 'remove') Array.isArray(holder) ? holder.splice(Number(key), 1) : delete holder[key];
  else if (what === 'repeat') put(holder, key, [old, old]);
  else if (what === 'add') {
    if (Array.isArray(old)) old.push(value);
    else if (typeof old === 'object' && old !== null) put(old, name, value);
    else put(holder, Array.isArray(holder) ? holder.length : name, value);
  } else if (what === 'rename' && !Array.isArray(holder)) {
    delete holder[key];
    put(holder, name, old);
  } else if (what === 'double') put(holder, key, new Doubled([old, value]));
}

/** As `JSON.stringify`, with raw marks and doubled keys. Recursion only as deep as documents are; deep values by the built-in. */
function write(value: unknown, depth = 0): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (depth > 14) return isDeep(value) ? deepText(value) : JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((one) => write(one, depth + 1)).join(',')}]`;
  if (value instanceof Raw) return value.text;
  const parts = Object.entries(value).map(([key, one]) => {
    const name = JSON.stringify(key);
    if (one instanceof Doubled)
      return one.values.map((each) => `${name}:${write(each, depth + 1)}`).join(',');
    return `${name}:${write(one, depth + 1)}`;
  });
  return `{${parts.join(',')}}`;
}

/** What a value of {@link deep} holds. */
const within = (value: object): unknown => Object.values(value)[0];

const isDeep = (value: unknown): boolean => {
  let inner = value;
  for (let depth = 0; depth < 1000; depth++) {
    if (typeof inner !== 'object' || inner === null) return false;
    inner = within(inner);
  }
  return true;
};

function deepText(value: unknown): string {
  const before: string[] = [];
  const after: string[] = [];
  let inner = value;
  while (typeof inner === 'object' && inner !== null) {
    before.push(Array.isArray(inner) ? '[' : '{"a":');
    after.push(Array.isArray(inner) ? ']' : '}');
    inner = within(inner);
  }
  return `${before.join('')}${JSON.stringify(inner)}${after.reverse().join('')}`;
}

/** A valid document with a few changes of types, values, names and nesting, as JSON text. */
export const mutatedJson = (valid: unknown): fc.Arbitrary<string> =>
  fc.array(change, { minLength: 0, maxLength: 3 }).map((changes) => {
    const root = { value: structuredClone(valid) };
    for (const one of changes) apply(root, one);
    return write(root.value);
  });

/** One time in five. */
const seldom = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

/** Bytes of a text, some of them changed, cut, or put twice; or any bytes at all. */
export const mutatedBytes = (valid: Uint8Array): fc.Arbitrary<Uint8Array> =>
  fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc
      .record({
        flips: fc.array(fc.tuple(fc.nat(Math.max(0, valid.length - 1)), fc.nat(255)), { maxLength: 4 }),
        cut: seldom(fc.nat(valid.length)),
        again: seldom(fc.tuple(fc.nat(valid.length), fc.nat(valid.length))),
      })
      .map(({ flips, cut, again }) => {
        const bytes = Buffer.from(valid);
        for (const [at, to] of flips) bytes[at] = to;
        const whole =
          again === undefined
            ? bytes
            : Buffer.concat([bytes.subarray(0, again[0]), bytes.subarray(again[1])]);
        return cut === undefined ? whole : whole.subarray(0, cut);
      }),
  );
