"""Prints the answers of a Worker through huggingface_hub: hugging_face.py ADDRESS IMAGE"""

import json
import sys

from huggingface_hub import InferenceClient
from huggingface_hub.errors import HfHubHTTPError

address, image = sys.argv[1:]


def classes(answer):
    return [{"label": one.label, "score": one.score} for one in answer]


def error_of(client, image):
    try:
        client.image_classification(image)
    except HfHubHTTPError as error:
        return {"status": error.response.status_code, "text": str(error)}


client = InferenceClient(f"{address}/models/cifar10", token="hf_none")
with open(image, "rb") as file:
    raw = file.read()

print(
    json.dumps(
        {
            "path": classes(client.image_classification(image)),
            "bytes": classes(client.image_classification(raw)),
            "three": classes(client.image_classification(raw, top_k=3)),
            "many": classes(client.image_classification(raw, top_k=1000)),
            "text": error_of(client, b"<!doctype html>"),
            "unknown": error_of(InferenceClient(f"{address}/models/none", token="hf_none"), raw),
        }
    )
)
