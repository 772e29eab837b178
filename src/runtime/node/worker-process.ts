import { type ChildProcess, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { messageOf } from '../../base/error.ts';
import { silent, silentLevel } from '../ort-session.ts';

/** Tensors as they cross between processes. */
export type PlainTensors = Readonly<Record<string, Pick<OrtTensor, 'type' | 'dims' | 'data'>>>;

type Reply = { readonly outputs: PlainTensors } | { readonly error: string };

/** A call of the model, until it is answered. */
export interface Call {
  readonly feeds: PlainTensors;
  readonly resolve: (outputs: PlainTensors) => void;
  readonly reject: (error: Error) => void;
  /** Processes that ended while they worked on it. */
  deaths: number;
}

/** A worker process with the model open. */
export interface WorkerProcess {
  /** Those it has not answered yet, in the order in which it will. */
  readonly calls: readonly Call[];
  readonly give: (call: Call) => void;
  /** Whether it has answered a call. */
  readonly hasAnswered: () => boolean;
  /** Resolves when the process has ended, with the signal or exit code. */
  readonly ended: Promise<string>;
}

/** A process that ended before it had opened the model: that says nothing against the model. */
export class EndedEarly extends Error {}

/**
 * Starts a worker process and opens a model in it.
 *
 * It ends with this process, and does not keep it alive while it has nothing to do. It is no worker thread, for ending one of
 * those inside ONNX Runtime aborts everything.
 *
 * @throws EndedEarly, or Error with what ONNX Runtime says against the model
 */
export async function openWorkerProcess(
  model: Uint8Array,
  p: {
    readonly options: InferenceSession.SessionOptions;
    /** Milliseconds within which the model must be open; a process that takes longer is ended. */
    readonly openWithin: number;
    /** Milliseconds without an answer after which the process is taken for hung and ended. */
    readonly patience: number;
    /** Ends the process. */
    readonly signal: AbortSignal;
  },
): Promise<WorkerProcess> {
  const child = spawn(process.execPath, ['-e', workerProgram], {
    stdio: ['pipe', 'ignore', 'inherit', 'ipc'],
    serialization: 'advanced', // typed arrays as they are
  });
  const kill = () => {
    child.ref();
    child.kill('SIGKILL');
  };
  p.signal.addEventListener('abort', kill);
  const ended = new Promise<string>((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    child.once('error', (error) => resolve(messageOf(error))); // it could not be started
  }).finally(() => p.signal.removeEventListener('abort', kill));
  child.stdin?.on('error', () => {}); // the end of the process says more

  /** A message that does not go through ends the process: what it was asked goes elsewhere. */
  const send = (message: object) => {
    keepAlive(child, true);
    child.send(message, (error) => {
      if (error) kill();
    });
  };
  const reply = new Promise<Reply>((resolve) =>
    child.once('message', (message) => resolve(message as Reply)),
  );
  if (child.pid !== undefined) {
    const runtime = createRequire(import.meta.url).resolve('onnxruntime-node');
    send({ model: { bytes: model.byteLength, runtime, options: p.options } });
    child.stdin!.end(model);
  }
  const watch = setTimeout(kill, p.openWithin).unref();
  const opened = await Promise.race([reply, ended.then((cause) => ({ cause }))]);
  clearTimeout(watch);
  if ('cause' in opened) throw new EndedEarly(opened.cause);
  if ('error' in opened) {
    kill();
    throw new Error(opened.error);
  }
  keepAlive(child, false);
  return serve(child, { patience: p.patience, ended, kill, send });
}

/** The calls of a process that has opened its model. */
function serve(
  child: ChildProcess,
  p: {
    readonly patience: number;
    readonly ended: Promise<string>;
    readonly kill: () => void;
    readonly send: (message: object) => void;
  },
): WorkerProcess {
  const calls: Call[] = [];
  let gone = false;
  let hasAnswered = false;
  let slowest = 0;
  let begun = 0; // when the process came to the first of its calls
  let watch: NodeJS.Timeout | undefined;
  const begin = () => {
    clearTimeout(watch);
    begun = performance.now();
    if (calls.length === 0) keepAlive(child, false);
    else watch = setTimeout(p.kill, Math.max(p.patience, 20 * slowest)).unref();
  };
  child.on('message', (reply: Reply) => {
    if (gone) return; // what it was asked is asked anew
    const call = calls.shift()!;
    hasAnswered = true;
    slowest = Math.max(slowest, performance.now() - begun);
    begin();
    if ('error' in reply) call.reject(new Error(reply.error));
    else call.resolve(reply.outputs);
  });
  const ended = p.ended.then((cause) => {
    gone = true;
    clearTimeout(watch);
    return cause;
  });
  return {
    calls,
    give: (call) => {
      calls.push(call);
      if (calls.length === 1) begin();
      if (!gone) p.send({ feeds: call.feeds });
    },
    hasAnswered: () => hasAnswered,
    ended,
  };
}

/**
 * What a worker process runs: it takes the model from standard input, then answers calls in their order. Ctrl-C and the signals of
 * schedulers reach it too, and are for the process that asks to follow. Text, for bundles would lose a file beside this one.
 */
const workerProgram = `
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => {});
process.on('disconnect', () => process.exit());
let session;
let ort;
const mapped = (tensors, f) => Object.fromEntries(Object.entries(tensors).map(([name, value]) => [name, f(value)]));
const opened = async ({ bytes, runtime, options }) => {
  const model = new Uint8Array(bytes);
  let filled = 0;
  for await (const chunk of process.stdin) {
    model.set(chunk, filled);
    filled += chunk.length;
  }
  ort = require(runtime);
  ort.env.logLevel = '${silentLevel}';
  session = await ort.InferenceSession.create(model, options);
  return {};
};
const answered = async (feeds) => {
  const fed = mapped(feeds, ({ type, dims, data }) => new ort.Tensor(type, data, dims));
  return mapped(await session.run(fed, ${JSON.stringify(silent)}), ({ type, dims, data }) => ({ type, dims, data }));
};
process.on('message', ({ model, feeds }) =>
  (model ? opened(model) : answered(feeds)).then(
    (outputs) => process.send({ outputs }, ignored),
    (error) => process.send({ error: String(error?.message ?? error) }, ignored),
  ),
);
function ignored() {} // who asked may have been killed
`;

/** Whether this process waits for the child. */
function keepAlive(child: ChildProcess, on: boolean): void {
  const change = on ? 'ref' : 'unref';
  child[change]();
  child.channel?.[change]();
}
