/** Makes a value when it is first asked for, and gives the same one from then on. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** {@link once} for a promise: one that rejects is forgotten, so that the next call tries again. */
export function retried<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    if (made === undefined) {
      const own = make();
      made = own;
      own.catch(() => {
        if (made === own) made = undefined;
      });
    }
    return made;
  };
}
