import { constants } from 'node:os';

type Signal = 'SIGINT' | 'SIGTERM';

/** The part of `process` that delivers signals. */
export interface SignalSource {
  on(signal: Signal, listener: (signal: Signal) => void): unknown;
  off(signal: Signal, listener: (signal: Signal) => void): unknown;
}

/** Turns Ctrl-C and SIGTERM into a chance to save. */
export interface Interrupts {
  /** Aborted by the first signal, with a `DOMException` named `AbortError` as its reason. */
  readonly signal: AbortSignal;
  /** Exit code once a signal has come: 128 + its number, as shells count; else `undefined`. */
  exitCode(): number | undefined;
  /** Stops listening. */
  stop(): void;
}

/**
 * Listens for SIGINT and SIGTERM: the first aborts `signal`, so that the job can save and say how to resume; the
 * second exits at once.
 * @param options.say told about the first signal
 * @param options.exit called by the second signal with 128 + its number
 */
export function watchInterrupts(
  source: SignalSource,
  options: { readonly say: (message: string) => void; readonly exit: (code: number) => void },
): Interrupts {
  const controller = new AbortController();
  let code: number | undefined;
  const listener = (signal: Signal) => {
    if (code !== undefined) {
      options.exit(128 + constants.signals[signal]);
      return;
    }
    code = 128 + constants.signals[signal];
    options.say(`${signal}: stopping at the next safe point; once more to exit at once.`);
    controller.abort(new DOMException(`interrupted by ${signal}`, 'AbortError'));
  };
  source.on('SIGINT', listener);
  source.on('SIGTERM', listener);
  return {
    signal: controller.signal,
    exitCode: () => code,
    stop() {
      source.off('SIGINT', listener);
      source.off('SIGTERM', listener);
    },
  };
}
