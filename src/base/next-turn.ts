/**
 * Resolves once timers, messages and signals that wait have had their turn: what holds the thread for long calls it now and
 * then. By `setImmediate` where there is one (Node): browsers round up the delay of a timer.
 */
export const nextTurn = (): Promise<void> =>
  new Promise((resolve) => {
    if (setImmediate) setImmediate(resolve);
    else setTimeout(resolve, 0);
  });

const { setImmediate } = globalThis as { readonly setImmediate?: (call: () => void) => void };
