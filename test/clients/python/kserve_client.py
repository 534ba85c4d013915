"""Prints the answers of a Worker through KServe's client: kserve_client.py ADDRESS IMAGE"""

import asyncio
import base64
import json
import sys

from kserve import InferInput, InferRequest, InferenceRESTClient, RESTConfig

address, image = sys.argv[1:]


async def ask():
    client = InferenceRESTClient(RESTConfig(protocol="v2", retries=0))
    with open(image, "rb") as file:
        raw = file.read()
    tensor = InferInput("picture", [1], "BYTES", data=[base64.b64encode(raw).decode()])
    answer = await client.infer(address, InferRequest("cifar10", [tensor]), model_name="cifar10")
    try:
        await client.infer(address, InferRequest("none", [tensor]), model_name="none")
        unknown = None
    except Exception as error:
        unknown = str(error)
    return {
        "live": await client.is_server_live(address),
        "ready": await client.is_server_ready(address),
        "modelReady": await client.is_model_ready(address, "cifar10"),
        "unknownReady": await client.is_model_ready(address, "none"),
        "outputs": {output.name: output.data for output in answer.outputs},
        "shapes": {output.name: output.shape for output in answer.outputs},
        "unknown": unknown,
    }


print(json.dumps(asyncio.run(ask())))
