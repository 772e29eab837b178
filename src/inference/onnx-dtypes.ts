/** An element type of exported models. */
interface ExportType {
  /** Where transformers.js looks for it inside of a model's folder. */
  readonly file: string;
  readonly summary: string;
  /** Bytes of a weight. */
  readonly bytes: number;
}

/** Element types that a model can be exported in, by the names that transformers.js has for them (its `dtype`). */
export const onnxDtypes = {
  fp32: { file: 'onnx/model.onnx', summary: 'float32, the weights as they are', bytes: 4 },
  fp16: {
    file: 'onnx/model_fp16.onnx',
    summary: 'float16, half the size: for WebGPU and other GPUs',
    bytes: 2,
  },
  q8: {
    file: 'onnx/model_quantized.onnx',
    summary: 'dynamic int8 quantisation, a quarter of the size: for processors and WebAssembly',
    bytes: 1,
  },
  uint8: {
    file: 'onnx/model_uint8.onnx',
    summary:
      'as q8 with unsigned weights: the same answers on x64 without VNNI too, slower on some processors',
    bytes: 1,
  },
} as const satisfies Record<string, ExportType>;

/** The name of an element type that a model can be exported in, as transformers.js has it. */
export type OnnxDtype = keyof typeof onnxDtypes;
