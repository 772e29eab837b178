import { createClassifier } from '../../inference/classifier.ts';
import type { serveSpec } from '../../options/serve.ts';
import { loadClassifier } from '../../pretrained/load-classifier.ts';
import { serveClassifier } from '../../runs/victims/server.ts';
import { nodeRuntime } from '../../runtime/node/node-runtime.ts';
import type { Run } from '../command.ts';
import { modelAccess, runtimeOf } from '../inputs/model-access.ts';
import { readingLength } from '../inputs/reading-length.ts';
import { sayTo } from '../terminal/say.ts';

/** Serves a classifier until it is interrupted. */
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
  const { labels, logits } = classifier;
  const serving = await serveClassifier(
    { labels, logits: (inputs) => logits(inputs) },
    { port: options.port, signal: io.signal, onRemark: say },
  );
  io.stdout.write(`${serving.address} answers for ${options.model}; Ctrl-C stops it.\n`);
  await serving.ended;
  await classifier.release();
};
