import type { InferenceSession } from 'onnxruntime-node';
import { retried } from '../../base/once.ts';
import { silent } from '../ort-session.ts';
import {
  type Call,
  EndedEarly,
  openWorkerProcess,
  type PlainTensors,
  type WorkerProcess,
} from './worker-process.ts';

/** The part of ONNX Runtime's session that programs use. */
type OrtSession = Pick<InferenceSession, 'run' | 'release'>;

export interface WorkerProcessesOptions extends InferenceSession.SessionOptions {
  /** How many. */
  readonly count: number;
  /** Threads inside an operator where this process answers alone. Default: ONNX Runtime's choice. */
  readonly threadsAlone?: number | undefined;
  /** Told, once each, that a worker process ended and that none is left. */
  readonly onRemark?: ((remark: string) => void) | undefined;
  /** Milliseconds without an answer after which a process is taken for hung; a slow one has twenty times its slowest. */
  readonly patience?: number;
  /** Milliseconds that opening the model may take. */
  readonly openWithin?: number;
}

/** A call on which so many processes ended is answered in this one: it may be what ends them. */
const mostDeaths = 2;
/** So many times in a row a process may end in one place without an answer: it is replaced once, then the place stays empty. */
const mostFruitless = 2;

/**
 * Opens one model in several worker processes; a call goes to the one that has least to do, so calls made together run side by
 * side. Threads inside an operator wait for each other at every operator, processes never: small batches gain the most.
 * Each process holds the model for itself.
 *
 * A process that ends (killed for want of memory, say) leaves the pool at once, what it had not answered is given to others,
 * and a new one takes its place, unless two in a row ended there without an answer. Where none is left this process answers.
 * No answer changes, for a session answers the same to the same input wherever it is.
 *
 * @param model gives the model's bytes, and again for each process that is replaced
 * @throws Error what ONNX Runtime says against the model
 */
export async function openWorkerProcesses(
  model: () => Uint8Array,
  {
    count,
    threadsAlone,
    onRemark,
    patience = 300_000,
    openWithin = 300_000,
    ...options
  }: WorkerProcessesOptions,
): Promise<OrtSession> {
  const workers = new Set<WorkerProcess>();
  const filling = new Set<Promise<void>>();
  const waiting: Call[] = []; // for a process that is being opened
  const release = new AbortController();
  const said = new Set<string>();
  const remark = (kind: string, text: string) => {
    if (!said.has(kind)) onRemark?.(text);
    said.add(kind);
  };

  /** Opens a process for one place of the pool, after so many that ended there in a row without an answer. */
  async function fill(bytes: Uint8Array, fruitless: number): Promise<void> {
    for (let ended = fruitless; ended < mostFruitless && !release.signal.aborted; ended++) {
      try {
        const worker = await openWorkerProcess(bytes, {
          ...{ options, patience, openWithin, signal: release.signal },
        });
        workers.add(worker);
        void worker.ended.then((cause) =>
          leave(worker, { cause, fruitless: worker.hasAnswered() ? 0 : ended + 1 }),
        );
        return;
      } catch (error) {
        if (!(error instanceof EndedEarly)) return; // if nobody can open the model, this process says why
      }
    }
  }

  function leave(worker: WorkerProcess, p: { readonly cause: string; readonly fruitless: number }): void {
    workers.delete(worker);
    if (!release.signal.aborted) {
      remark(
        'end',
        `A worker process that runs the model has ended (${p.cause}): what it left is worked out again.`,
      );
      refill(p.fruitless);
    }
    worker.calls.forEach((call, i) => {
      if (i === 0) call.deaths++; // the others it had not come to
      place(call);
    });
  }

  function refill(fruitless: number): void {
    if (fruitless >= mostFruitless) return;
    const filled = fill(model(), fruitless).then(() => {
      filling.delete(filled);
      for (const call of waiting.splice(0)) place(call);
    });
    filling.add(filled);
  }

  let here: InferenceSession | undefined;
  const alone = retried(async () => {
    const ort = await import('onnxruntime-node');
    const threads = threadsAlone === undefined ? {} : { intraOpNumThreads: threadsAlone };
    const session = await ort.InferenceSession.create(model(), { ...options, ...threads });
    here = session;
    return async (feeds: PlainTensors): Promise<PlainTensors> => {
      const fed = Object.entries(feeds).map(([name, { type, dims, data }]) => [
        name,
        new ort.Tensor(type, data as never, dims),
      ]);
      return session.run(Object.fromEntries(fed), silent);
    };
  });

  function place(call: Call): void {
    if (release.signal.aborted) {
      call.reject(new Error('the session was released'));
      return;
    }
    const [first, ...others] = workers;
    const fits = call.deaths < mostDeaths;
    if (fits && first !== undefined) {
      const least = others.reduce(
        (best, worker) => (worker.calls.length < best.calls.length ? worker : best),
        first,
      );
      least.give(call);
    } else if (fits && filling.size > 0) {
      waiting.push(call);
    } else {
      if (first === undefined) {
        remark(
          'alone',
          'No worker process that runs the model stays alive: this one goes on by itself, which takes longer.',
        );
      }
      alone()
        .then((run) => run(call.feeds))
        .then(call.resolve, call.reject);
    }
  }

  // The bytes in no variable that the functions above share: they would stay in memory.
  const fillAll = (bytes: Uint8Array) => Array.from({ length: count }, () => fill(bytes, 0));
  await Promise.all(fillAll(model()));
  if (workers.size === 0) await alone();
  return {
    run: (feeds) =>
      new Promise((resolve, reject) => {
        const plain = Object.entries(feeds as InferenceSession.OnnxValueMapType).map(
          ([name, { type, dims, data }]) => [name, { type, dims, data }],
        );
        const answered = resolve as (outputs: PlainTensors) => void;
        place({ feeds: Object.fromEntries(plain), resolve: answered, reject, deaths: 0 });
      }),
    release: async () => {
      const ending = [...workers].map(({ ended }) => ended);
      release.abort();
      await Promise.all([...ending, ...filling]);
      await here?.release();
      here = undefined;
    },
  };
}
