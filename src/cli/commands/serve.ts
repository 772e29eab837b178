import { VdaError } from '../../base/error.ts';
import { createClassifier } from '../../inference/create-classifier.ts';
import type { serveSpec } from '../../options/serve.ts';
import { loadClassifier } from '../../pretrained/load-classifier.ts';
import { serveClassifier } from '../../runs/serving/server.ts';
import { nodeRuntime } from '../../runtime/node/node-runtime.ts';
import type { Run } from '../command.ts';
import { modelAccess, runtimeOf } from '../inputs/model-access.ts';
import { readingLength } from '../inputs/reading-length.ts';
import { sayTo } from '../terminal/say.ts';

/** Serves a classifier until it is told to stop: an interruption is how this command ends well. */
export const run: Run<typeof serveSpec> = async (options, io) => {
  const say = sayTo(io);
  const model = await loadClassifier(options.model, modelAccess(io));
  const classifier = await createClassifier(model, {
    ...runtimeOf(options),
    runtime: nodeRuntime,
    maxLength: readingLength(options, { given: io.given, model }).maxLength,
    workerProcesses: true,
    onRemark: say,
  });
  const { port, stopTimeout, requestTimeout, maxBodyBytes, maxRequestTexts, maxTextLength, maxQueuedTexts } =
    options;
  const serving = await serveClassifier(classifier, {
    ...{ port, stopTimeout, requestTimeout, maxBodyBytes, maxRequestTexts, maxTextLength, maxQueuedTexts },
    ...{ signal: io.signal, onRemark: say },
  });
  if (!io.signal.aborted)
    io.stdout.write(`${serving.address} answers for ${options.model}; Ctrl-C stops it.\n`);
  const { requests, texts, dropped, unanswered } = await serving.ended;
  await classifier.release();
  say(
    `Stopped after ${requests} requests with ${texts} texts` +
      `${dropped > 0 ? `; ${dropped} more were given up by their clients` : ''}.`,
  );
  if (unanswered === 0) return;
  throw new VdaError(
    'conflict',
    `${unanswered} requests had no answer within the ${stopTimeout} s of --stop-timeout, and were cut off.`,
  );
};
