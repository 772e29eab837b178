"""
The published schemas of what `vda emit` writes for Kubernetes, unknown fields forbidden, as one small file:

    pip install kubernetes-validate==1.37.0 kubeflow-trainer-api==2.3.0
    python oracles/kubernetes_schemas.py test/fixtures/jobs/kubernetes-schemas.json.gz

- Job (batch/v1), with all that it reaches: the strict JSON schemas of Kubernetes 1.33 in kubernetes-validate, which are made
  from Kubernetes' own OpenAPI. Apache-2.0.
- JobSet (jobset.x-k8s.io/v1alpha2): the models of kubeflow-trainer-api, which are made from JobSet's OpenAPI. Apache-2.0.
- MPIJob (kubeflow.org/v2beta1): below, after `pkg/apis/kubeflow/v2beta1/types.go` of the MPI Operator; it is in no package.
Descriptions are left out; Kubernetes' types that the other two name are those of the first.
"""
import gzip
import importlib
import json
import re
import sys
import typing
from importlib.resources import files

from pydantic import BaseModel

VERSION = "v1.33.0"
folder = files("kubernetes_validate") / "kubernetes-json-schema" / f"{VERSION}-local-strict"
kubernetes = json.loads((folder / "_definitions.json").read_text())["$defs"]
definitions: dict = {}


def stripped(schema):
    """A schema without descriptions and Kubernetes' own words."""
    if isinstance(schema, list):
        return [stripped(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {}
    for key, value in schema.items():
        if key in ("description", "$schema", "$id", "default"):
            continue
        if key.startswith("x-kubernetes") or key == "format":
            continue
        if key == "$ref":
            name = re.sub(r"^.*/", "", value).removesuffix(".json")
            take(name)
            kept[key] = f"#/definitions/{name}"
        elif key in ("properties", "patternProperties"):
            kept[key] = {name: stripped(one) for name, one in value.items()}
        else:
            kept[key] = stripped(value)
    return kept


def take(name):
    if name in definitions:
        return
    definitions[name] = {}
    definitions[name] = stripped(kubernetes[name])


def of_kubernetes(model: str) -> str:
    """`IoK8sApiBatchV1JobTemplateSpec` as the definition is called."""
    plain = lambda text: re.sub(r"[^a-z0-9]", "", text.lower())
    [name] = [name for name in kubernetes if plain(name) == plain(model)]
    take(name)
    return name


def type_schema(annotation):
    origin, args = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Union:
        [inner] = [arg for arg in args if arg is not type(None)]
        return type_schema(inner)
    if origin is typing.Annotated:
        return type_schema(args[0])
    if origin is list:
        return {"type": "array", "items": type_schema(args[0])}
    if origin is dict:
        return {"type": "object", "additionalProperties": type_schema(args[1])}
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        name = annotation.__name__
        if name.startswith("IoK8s"):
            return {"$ref": f"#/definitions/{of_kubernetes(name)}"}
        model(name, annotation)
        return {"$ref": f"#/definitions/{name}"}
    return {"type": {str: "string", int: "integer", bool: "boolean", float: "number"}[annotation]}


def model(name, cls):
    if name in definitions:
        return
    definitions[name] = {}
    fields = {field.alias or key: field for key, field in cls.model_fields.items()}
    definitions[name] = {
        "type": "object",
        "additionalProperties": False,
        "properties": {key: type_schema(field.annotation) for key, field in fields.items()},
        "required": [key for key, field in fields.items() if field.is_required()],
    }


take("io.k8s.api.batch.v1.Job")
module = importlib.import_module("kubeflow_trainer_api.models.jobset_v1alpha2_job_set")
model("JobsetV1alpha2JobSet", module.JobsetV1alpha2JobSet)


def closed(properties, required=()):
    return {"type": "object", "additionalProperties": False, "properties": properties, "required": list(required)}


text, count, switch = {"type": "string"}, {"type": "integer", "minimum": 0}, {"type": "boolean"}
ref = lambda name: {"$ref": f"#/definitions/{name}"}
definitions["MPIJob"] = closed(
    {
        "apiVersion": {"enum": ["kubeflow.org/v2beta1"]},
        "kind": {"enum": ["MPIJob"]},
        "metadata": ref("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"),
        "spec": ref("MPIJobSpec"),
    },
    ["apiVersion", "kind", "metadata", "spec"],
)
definitions["MPIJobSpec"] = closed(
    {
        "slotsPerWorker": count,
        "runLauncherAsWorker": switch,
        "runPolicy": ref("MPIRunPolicy"),
        "mpiReplicaSpecs": closed({"Launcher": ref("MPIReplicaSpec"), "Worker": ref("MPIReplicaSpec")}, ["Launcher"]),
        "sshAuthMountPath": text,
        "launcherCreationPolicy": {"enum": ["AtStartup", "WaitForWorkersReady"]},
        "mpiImplementation": {"enum": ["OpenMPI", "Intel", "MPICH"]},
    },
    ["mpiReplicaSpecs"],
)
definitions["MPIRunPolicy"] = closed(
    {
        "cleanPodPolicy": {"enum": ["None", "Running", "All"]},
        "ttlSecondsAfterFinished": count,
        "activeDeadlineSeconds": count,
        "backoffLimit": count,
        "schedulingPolicy": closed(
            {
                "minAvailable": count,
                "queue": text,
                "minResources": {"type": "object"},
                "priorityClass": text,
                "scheduleTimeoutSeconds": count,
            }
        ),
        "suspend": switch,
        "managedBy": text,
    }
)
definitions["MPIReplicaSpec"] = closed(
    {
        "replicas": count,
        "template": ref("io.k8s.api.core.v1.PodTemplateSpec"),
        "restartPolicy": {"enum": ["Always", "OnFailure", "Never", "ExitCode"]},
    }
)
take("io.k8s.api.core.v1.PodTemplateSpec")

content = {"$comment": __doc__.strip(), "definitions": dict(sorted(definitions.items()))}
with gzip.GzipFile(sys.argv[1], "wb", mtime=0) as file:
    file.write(json.dumps(content, separators=(",", ":")).encode())
print(len(definitions), "definitions")
