import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';

/** The part of ONNX Runtime's session that programs use. */
type OrtSession = Pick<InferenceSession, 'run' | 'release'>;

type PlainTensors = Readonly<Record<string, Pick<OrtTensor, 'type' | 'dims' | 'data'>>>;
type Reply = { readonly outputs: PlainTensors } | { readonly error: string };

interface Job {
  readonly resolve: (outputs: PlainTensors) => void;
  readonly reject: (error: Error) => void;
}

/** One process, and the calls it has not answered yet, in the order in which it will. */
interface Lane {
  readonly child: ChildProcess;
  readonly jobs: Job[];
}

/**
 * Opens one model in several processes; a call goes to the lane that has least to do, so calls made together run side by
 * side. Threads inside an operator wait for each other at every operator, lanes never: small batches gain the most.
 *
 * Each lane holds the model for itself, and ends with this process. Idle lanes don't keep this process alive. They are no
 * worker threads, for ending one of those inside ONNX Runtime aborts everything.
 * @throws Error what ONNX Runtime says against the model
 */
export async function openLanes(
  model: Uint8Array,
  { lanes: count, ...options }: InferenceSession.SessionOptions & { readonly lanes: number },
): Promise<OrtSession> {
  const lanes = Array.from({ length: count }, startLane);
  const release = async () => {
    await Promise.all(lanes.map(endLane));
  };
  try {
    await Promise.all(lanes.map((lane) => open(lane, { model, options })));
  } catch (error) {
    await release();
    throw error;
  }
  return {
    run: async (feeds) => {
      const lane = lanes.reduce((best, other) => (other.jobs.length < best.jobs.length ? other : best));
      const plain = Object.entries(feeds as InferenceSession.OnnxValueMapType).map(
        ([name, { type, dims, data }]) => [name, { type, dims, data }],
      );
      return (await ask(lane, { feeds: Object.fromEntries(plain) })) as InferenceSession.OnnxValueMapType;
    },
    release,
  };
}

/**
 * What a lane runs: it takes the model from standard input, then answers calls in their order. Ctrl-C and the signals of
 * schedulers reach it too, and are for the process that asks to follow. Text, for bundles would lose a file beside this one.
 */
const laneProgram = `
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
  session = await ort.InferenceSession.create(model, options);
  return {};
};
const answered = async (feeds) => {
  const fed = mapped(feeds, ({ type, dims, data }) => new ort.Tensor(type, data, dims));
  return mapped(await session.run(fed, { logSeverityLevel: 4 }), ({ type, dims, data }) => ({ type, dims, data }));
};
process.on('message', ({ model, feeds }) =>
  (model ? opened(model) : answered(feeds)).then(
    (outputs) => process.send({ outputs }),
    (error) => process.send({ error: String(error?.message ?? error) }),
  ),
);
`;

function startLane(): Lane {
  const child = spawn(process.execPath, ['-e', laneProgram], {
    stdio: ['pipe', 'ignore', 'inherit', 'ipc'],
    serialization: 'advanced', // typed arrays as they are
  });
  const jobs: Job[] = [];
  const fail = (error: Error) => {
    for (const job of jobs.splice(0)) job.reject(error);
  };
  child.on('message', (reply: Reply) => {
    const job = jobs.shift()!;
    if (jobs.length === 0) keepAlive(child, false);
    if ('error' in reply) job.reject(new Error(reply.error));
    else job.resolve(reply.outputs);
  });
  child.on('error', fail);
  child.on('exit', (code, signal) =>
    fail(new Error(`a process that runs the model has ended (${signal ?? `exit code ${code}`})`)),
  );
  child.stdin!.on('error', () => {}); // the end of the process says more
  return { child, jobs };
}

function open(
  lane: Lane,
  { model, options }: { readonly model: Uint8Array; readonly options: InferenceSession.SessionOptions },
): Promise<PlainTensors> {
  const runtime = createRequire(import.meta.url).resolve('onnxruntime-node');
  const answer = ask(lane, { model: { bytes: model.byteLength, runtime, options } });
  lane.child.stdin!.end(model);
  return answer;
}

function ask({ child, jobs }: Lane, message: object): Promise<PlainTensors> {
  return new Promise((resolve, reject) => {
    jobs.push({ resolve, reject });
    keepAlive(child, true);
    child.send(message, (error) => {
      if (error) reject(error);
    });
  });
}

/** Whether this process waits for the child. */
function keepAlive(child: ChildProcess, on: boolean): void {
  const change = on ? 'ref' : 'unref';
  child[change]();
  child.channel?.[change]();
}

async function endLane({ child }: Lane): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, 'exit');
  child.ref();
  child.kill('SIGKILL');
  await ended;
}
