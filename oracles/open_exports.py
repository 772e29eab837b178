"""Opens exported ONNX files with the field's own tools, and prints what they answer.

    python oracles/open_exports.py FOLDER < asked.json

FOLDER is what vda export writes; asked.json has lists `ids` and `typeIds`, a text each. Of every onnx/model*.onnx:
onnx.checker with full_check, strict shape inference, values without a type, and logits by onnxruntime and (where
`reference` is asked for) by onnx's own reference evaluator. Of onnx/model.onnx also what onnxruntime.quantization.quantize_dynamic
(by tensor and by channel) and onnxruntime.transformers.float16 make of it. Used with onnx 1.23.2, onnxruntime 1.32.0.
"""
import glob
import json
import os
import sys
import tempfile
import warnings

import numpy
import onnx
import onnx.reference
import onnxruntime
from onnxruntime.quantization import quantize_dynamic
from onnxruntime.transformers.float16 import convert_float_to_float16

warnings.simplefilter("ignore")
folder = sys.argv[1]
asked = json.load(sys.stdin)


def feeds(names, ids, type_ids):
    values = {"input_ids": ids, "attention_mask": [1] * len(ids), "token_type_ids": type_ids}
    return {name: numpy.array([values[name]], dtype=numpy.int64) for name in names}


def answers(run, names):
    rows = []
    for ids, type_ids in zip(asked["ids"], asked["typeIds"]):
        rows.append([float(value) for value in run(None, feeds(names, ids, type_ids))[0][0]])
    return rows


def by_onnxruntime(path):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return answers(session.run, [value.name for value in session.get_inputs()])


def opened(path):
    onnx.checker.check_model(path, full_check=True)
    model = onnx.load(path)
    onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
    graph = model.graph
    typed = {value.name for value in [*graph.value_info, *graph.output]}
    untyped = [name for node in graph.node for name in node.output if name not in typed]
    found = {"bytes": os.path.getsize(path), "untyped": untyped, "logits": by_onnxruntime(path)}
    if asked.get("reference"):
        evaluator = onnx.reference.ReferenceEvaluator(model)
        found["reference"] = answers(evaluator.run, evaluator.input_names)
    return found


files = {os.path.basename(path): opened(path) for path in sorted(glob.glob(os.path.join(folder, "onnx", "model*.onnx")))}
plain = os.path.join(folder, "onnx", "model.onnx")
made = {}
with tempfile.TemporaryDirectory() as scratch:
    for name, per_channel in (("quantize_dynamic", False), ("quantize_dynamic per channel", True)):
        path = os.path.join(scratch, "quantized.onnx")
        quantize_dynamic(plain, path, per_channel=per_channel)
        made[name] = {"bytes": os.path.getsize(path), "logits": by_onnxruntime(path)}
    path = os.path.join(scratch, "half.onnx")
    onnx.save(convert_float_to_float16(onnx.load(plain), keep_io_types=True), path)
    made["float16"] = {"bytes": os.path.getsize(path), "logits": by_onnxruntime(path)}
json.dump({"files": files, "made": made}, sys.stdout)
