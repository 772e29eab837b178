/**
 * `vda/inference`: asks classifiers and masked language models wherever ONNX Runtime is, browsers included. No Node module is
 * in it.
 *
 *     import * as ort from 'onnxruntime-web';
 *     import { classifierFromFiles, createClassifier, webRuntime } from 'vda/inference';
 *
 *     const model = classifierFromFiles(files); // config.json, tokenizer.json … as texts, model.safetensors as bytes
 *     const classifier = await createClassifier(model, { runtime: webRuntime(ort) });
 *     const [logits] = await classifier.logits([{ text: 'A film that stays with you.' }]);
 */

export { type ErrorCode, VdaError } from './base/error.ts';
export type { Part, Parts } from './base/part.ts';
export { probabilitiesOf } from './base/probabilities-of.ts';
export type { DataOf, DType, Tensor } from './base/tensor.ts';
export type { AnsweringClassifier, AskOptions, Capacity, Classifier } from './inference/classifier.ts';
export type { ModelRuntimeOptions } from './inference/compile-model.ts';
export { type ClassifierOptions, createClassifier } from './inference/create-classifier.ts';
export { type ExportOptions, exportObstacle, exportOnnx } from './inference/export-onnx.ts';
export {
  createMaskedLm,
  type MaskedLm,
  type MaskedLmOptions,
  type TopCandidates,
} from './inference/masked-lm.ts';
export { type OnnxDtype, onnxDtypes } from './inference/onnx-dtypes.ts';
export { createSentenceEncoder, type SentenceEncoderOptions } from './inference/sentence-encoder.ts';
export { victimOf } from './inference/victim-of.ts';
export type { FamilyOptions } from './models/family.ts';
export type { PretrainedModel } from './models/pretrained-model.ts';
export {
  classifierFromFiles,
  type ModelFiles,
  type ModelFilesOptions,
  maskedLmFromFiles,
} from './pretrained/model-from-files.ts';
export type { Device, NodeDevice } from './runtime/devices.ts';
export type { OrtSession, OrtTensor, OrtTensorConstructor } from './runtime/ort-session.ts';
export type { Output, Runtime, RuntimeOptions, Session, SessionOptions } from './runtime/runtime.ts';
export { type OrtWeb, webRuntime } from './runtime/web/web-runtime.ts';
export type { EncodeOptions, Encoding, Tokenizer } from './text/tokenizer.ts';
