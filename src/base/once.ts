/** Makes a value when it is first asked for, and gives the same one from then on. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
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
