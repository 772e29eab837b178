import * as ort from 'onnxruntime-web/wasm';
import { webRuntime } from '../../src/inference.ts';
import { messageOf } from '../message-of.ts';
import type { Answer, Request, RequestKind, Results, Stop } from './messages.ts';
import { openSession, type Session } from './session.ts';

/** One classifier in a thread of its own: answers requests in the order in which they come, and stops an attack in between. */
let session: Session | undefined;
let attack = new AbortController();
let before: Promise<void> = Promise.resolve();

const answer = (message: Answer): void => postMessage(message);

addEventListener('message', ({ data }: MessageEvent<Request | Stop>) => {
  if (data.kind === 'stop') {
    attack.abort();
    return;
  }
  before = before.then(async () => {
    try {
      answer({ id: data.id, kind: 'done', result: await resultOf(data) });
    } catch (thrown) {
      answer({ id: data.id, kind: 'failed', message: messageOf(thrown) });
    }
  });
});

async function resultOf(request: Request): Promise<Results[RequestKind]> {
  if (request.kind === 'open') {
    ort.env.wasm.wasmBinary = request.wasm;
    ort.env.wasm.numThreads = 1; // more need a server that isolates the page
    session = await openSession(request.files, webRuntime(ort));
    return { labels: session.labels };
  }
  if (session === undefined) throw new Error('No model is open.');
  switch (request.kind) {
    case 'equip':
      await session.equip(request);
      return null;
    case 'read':
      return session.read(request.text);
    case 'attack': {
      attack = new AbortController();
      const { signal } = attack;
      const onSteps = (steps: Extract<Answer, { kind: 'steps' }>['steps']) =>
        answer({ id: request.id, kind: 'steps', steps });
      const record = await session.attack(request.job, { onSteps, signal });
      return { record, stopped: signal.aborted };
    }
  }
}
