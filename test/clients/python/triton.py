"""Prints the answers of a Worker through tritonclient: triton.py HOST:PORT IMAGE"""

import base64
import json
import sys

import numpy
import tritonclient.http as triton
from tritonclient.utils import InferenceServerException

host, image = sys.argv[1:]
client = triton.InferenceServerClient(host)
with open(image, "rb") as file:
    raw = file.read()


def plain(tensor):
    if tensor.dtype == numpy.object_:
        tensor = numpy.vectorize(lambda text: text.decode() if isinstance(text, bytes) else text)(tensor)
    return tensor.tolist()


def infer(name, datatype, array, binary, outputs=None, **options):
    tensor = triton.InferInput(name, list(array.shape), datatype)
    tensor.set_data_from_numpy(array, binary_data=binary)
    result = client.infer("cifar10", [tensor], outputs=outputs, **options)
    names = [output["name"] for output in result.get_response()["outputs"]]
    return {"answer": result.get_response(), **{name: plain(result.as_numpy(name)) for name in names}}


def error_of(call):
    try:
        call()
    except InferenceServerException as error:
        return {"status": error.status(), "text": error.message()}


metadata = client.get_model_metadata("cifar10")
encoded = numpy.array([base64.b64encode(raw)], dtype=object)
files = numpy.array([raw, raw], dtype=object)
_, height, width, channels = metadata["inputs"][1]["shape"]
pixels = (numpy.arange(2 * height * width * channels) % 256).astype(numpy.uint8).reshape(2, height, width, channels)
floats = (pixels / 255).astype(numpy.float32)
three = [triton.InferRequestedOutput("scores", binary_data=False, class_count=3)]
label = [triton.InferRequestedOutput("label", binary_data=False)]

print(
    json.dumps(
        {
            "live": client.is_server_live(),
            "ready": client.is_server_ready(),
            "modelReady": client.is_model_ready("cifar10"),
            "versionReady": client.is_model_ready("cifar10", metadata["versions"][0]),
            "unknownReady": client.is_model_ready("none"),
            "server": client.get_server_metadata(),
            "metadata": metadata,
            "text": infer("picture", "BYTES", encoded, False, request_id="mine"),
            "textTop": infer("picture", "BYTES", encoded, False, outputs=three),
            "textLabel": infer("picture", "BYTES", encoded, False, outputs=label),
            "binary": infer("picture", "BYTES", files, True),
            "pixels": [infer("pixels", "UINT8", pixels, binary)["scores"] for binary in (False, True)],
            "tensor": [infer("tensor", "FP32", floats, binary)["scores"] for binary in (False, True)],
            "unknown": error_of(lambda: client.get_model_metadata("none")),
            "broken": error_of(lambda: infer("picture", "BYTES", numpy.array(["%"], dtype=object), False)),
        }
    )
)
