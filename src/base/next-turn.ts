/**
 * Resolves once timers, messages and signals that wait have had their turn: what holds the thread for long calls it now and
 * then. `setImmediate` where there is one (Node), for browsers round up the delay of a timer.
 */
export const nextTurn = (): Promise<void> =>
  new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else setTimeout(resolve, 0);
  });
