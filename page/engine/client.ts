import type { Answer, Request, RequestKind, Results } from './messages.ts';
import type { ShownStep } from './shown-steps.ts';

/** A request without its number. */
type Body<K extends RequestKind> = Omit<Extract<Request, { kind: K }>, 'id' | 'kind'>;

/** A worker as the page sees it. */
export interface Client {
  /** @throws Error with what the worker says went wrong */
  ask<K extends RequestKind>(
    kind: K,
    body: Body<K> & { readonly onSteps?: (steps: readonly ShownStep[]) => void },
  ): Promise<Results[K]>;
  /** Ends the attack that runs; its answer still comes. */
  stop(): void;
  close(): void;
}

interface Waiting {
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
  readonly onSteps?: ((steps: readonly ShownStep[]) => void) | undefined;
}

/** Starts a worker. When it dies, what waits for it is told so. */
export function startClient(): Client {
  const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
  const waiting = new Map<number, Waiting>();
  let last = 0;
  worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
    const asked = waiting.get(data.id);
    if (asked === undefined) return;
    if (data.kind === 'steps') {
      asked.onSteps?.(data.steps);
      return;
    }
    waiting.delete(data.id);
    if (data.kind === 'done') asked.resolve(data.result as never);
    else asked.reject(new Error(data.message));
  });
  worker.addEventListener('error', (event) => {
    event.preventDefault();
    const why = event.message || 'its script could not be loaded';
    for (const { reject } of waiting.values()) reject(new Error(`The worker of the page ended: ${why}`));
    waiting.clear();
  });
  return {
    ask: (kind, { onSteps, ...body }) =>
      new Promise((resolve, reject) => {
        const id = ++last;
        waiting.set(id, { resolve, reject, onSteps });
        worker.postMessage({ ...body, id, kind });
      }),
    stop: () => worker.postMessage({ kind: 'stop' }),
    close: () => worker.terminate(),
  };
}
