/** Makes a value when it is first asked for, and gives the same one from then on. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** A function that is worked out once for each key, and what it has given so far. */
export interface OnceEach<K, T> {
  (key: K): T;
  readonly made: () => Iterable<T>;
}

/** {@link once} for each key. */
export function onceEach<K, T>(make: (key: K) => T): OnceEach<K, T> {
  const made = new Map<K, T>();
  const ask = (key: K): T => {
    if (!made.has(key)) made.set(key, make(key));
    return made.get(key)!;
  };
  return Object.assign(ask, { made: () => made.values() });
}

/** A promise that is made when it is first asked for, see {@link retried}. */
export interface Retried<T> {
  (): Promise<T>;
  /** What was made; undefined as long as nobody asked, and after it failed. */
  readonly made: () => Promise<T> | undefined;
}

/** {@link once} for a promise: one that rejects is forgotten, so that the next call tries again. */
export function retried<T>(make: () => Promise<T>): Retried<T> {
  let made: Promise<T> | undefined;
  const ask = () => {
    if (made === undefined) {
      const own = make();
      made = own;
      own.catch(() => {
        if (made === own) made = undefined;
      });
    }
    return made;
  };
  return Object.assign(ask, { made: () => made });
}
