import { argument } from '../base/error.ts';

const float32 = 'training is in float32 alone, on every device: leave it out.';
const ranks = `several processes train together by ${argument('distributed')} mpi, each with the whole model; a launcher tells them their ranks: leave it out.`;
const upload =
  'a training uploads nothing. Once it has ended: vda push RUN --repo-id OWNER/NAME, RUN being its folder.';
const stages = `${argument('validationFile')} is evaluated on and ${argument('testFile')} reported on where they are given: leave it out.`;
/** Where a token for the hub comes from. */
export const hubToken = 'a token is read from HF_TOKEN, or from the file that `hf auth login` wrote.';

/**
 * Options of the Trainer of transformers that `vda train` does not have, by key, and what to do instead: for command lines and
 * files that come from there.
 */
export const trainerOptions: Readonly<Record<string, string>> = {
  reportTo: `event files for TensorBoard (runs/) and metrics.jsonl are always written into ${argument('outputDir')}: leave it out. For other services, log from the callbacks of fineTune.`,
  loggingDir: `event files for TensorBoard are in runs/ of ${argument('outputDir')}: leave it out.`,
  loggingStrategy: `metrics.jsonl has every step; ${argument('loggingSteps')} paces TensorBoard.`,
  fp16: float32,
  bf16: float32,
  fp16FullEval: float32,
  bf16FullEval: float32,
  tf32: float32,
  halfPrecisionBackend: float32,
  pushToHub: upload,
  hubModelId: upload,
  hubStrategy: upload,
  hubPrivateRepo: upload,
  hubToken,
  useAuthToken: hubToken,
  token: hubToken,
  greaterIsBetter: `it follows from ${argument('metricForBestModel')}: of loss the lowest is best, of the others the highest.`,
  doTrain: stages,
  doEval: stages,
  doPredict: stages,
  overwriteOutputDir: `a run is never overwritten. Choose another ${argument('outputDir')}, or go on with ${argument('resumeFromCheckpoint')} last.`,
  optim: 'the optimizer is AdamW: leave it out.',
  trustRemoteCode: 'no code of a model is ever run: leave it out.',
  cacheDir: 'the cache is that of Python programs; HF_HUB_CACHE moves it.',
  gradientCheckpointing: `activations are kept. For less memory, lower ${argument('perDeviceTrainBatchSize')} and raise ${argument('gradientAccumulationSteps')}.`,
  deepspeed: ranks,
  fsdp: ranks,
  localRank: ranks,
  dataloaderNumWorkers: 'texts are encoded once, before training: leave it out.',
  groupByLength: 'batches are always made of texts of similar length: leave it out.',
  useCpu: `say ${argument('device')} cpu, which is the default.`,
  noCuda: `say ${argument('device')} cpu, which is the default.`,
};
