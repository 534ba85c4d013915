"""Makes generated requests valid where a schema cannot: the body is an image, a tensor has as many elements as its shape,
an id is that of an answer.

Only changes requests that schemathesis generates as valid; deliberately invalid ones are sent unchanged.
"""

import base64
import json
import re
import struct
import urllib.request
import zlib

import schemathesis
from hypothesis import strategies as st

# Input of the starter release.
HEIGHT, WIDTH, CHANNELS, CLASSES = 32, 32, 3, 10
FILE_BYTES = 2_000
PIXELS = HEIGHT * WIDTH * CHANNELS


def chunk(kind, data):
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def png(width, height, color, seed):
    channels = {0: 1, 2: 3, 4: 2, 6: 4}[color]
    row = bytes((seed * 31 + i * 7) & 255 for i in range(width * channels))
    header = struct.pack(">IIBBBBB", width, height, 8, color, 0, 0, 0)
    rows = b"".join(b"\0" + row for _ in range(height))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    )


sides = st.integers(1, 40)
images = st.builds(png, sides, sides, st.sampled_from([0, 2, 4, 6]), st.integers(0, 255))
for name in ["application/octet-stream", "image/jpeg", "image/png", "image/webp", "image/gif"]:
    schemathesis.openapi.media_type(name, images)
schemathesis.openapi.media_type("application/vnd.glimpse.rgb8", st.binary(min_size=PIXELS, max_size=PIXELS))
schemathesis.openapi.format("binary", images)


def image_of(text):
    """Some image that depends on what was generated in its place."""
    seed = zlib.crc32(repr(text).encode())
    return base64.b64encode(png(1 + seed % 40, 1 + seed // 40 % 40, 2, seed & 255)).decode()


def tensor_of(sent):
    """An input of the kind that was generated, with elements that fit its shape."""
    count = 1 + zlib.crc32(repr(sent).encode()) % 3
    name = sent.get("name")
    if name == "pixels":
        return {"name": name, "datatype": "UINT8", "shape": [count, HEIGHT, WIDTH, CHANNELS], "data": [7] * count * PIXELS}
    if name == "tensor":
        data = [i / PIXELS for i in range(count * PIXELS)]
        return {"name": name, "datatype": "FP32", "shape": [count, HEIGHT, WIDTH, CHANNELS], "data": data}
    data = [image_of((sent, index)) for index in range(count)]
    return {"name": "picture", "datatype": "BYTES", "shape": [count], "data": data}


def requested(outputs):
    """Only the output `scores` has the parameter `classification`, a number."""
    for output in outputs or []:
        output.pop("parameters", None)
        if output["name"] == "scores":
            output["parameters"] = {"classification": len(outputs)}


# Answer id → image in base64, if known.
answers = {}
LABELS = ["cat", "dog", "ship", "truck"]


def given_answer(case):
    """The id of an answer to some image, which depends on the case."""
    image = image_of((case.body, case.path_parameters))
    request = urllib.request.Request(
        case.operation.base_url.rstrip("/") + "/v1/classify",
        json.dumps({"image": image}).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request) as response:
        id = json.load(response)["id"]
    answers[id] = image
    return id


@schemathesis.hook
def after_call(context, case, response):
    """Links go on from the answers of others, too."""
    if case.operation.path == "/v1/classify" and response.status_code == 200:
        answers.setdefault(response.json()["id"], None)


def about_an_answer(case):
    """Feedback that was generated, of an answer that was given."""
    feedback = case.body
    if feedback.get("id") not in answers:
        feedback["id"] = given_answer(case)
    if feedback.get("label") not in LABELS:
        feedback["label"] = LABELS[len(str(feedback.get("label"))) % len(LABELS)]
    image = answers[feedback["id"]]
    if "image" in feedback and image is None:
        del feedback["image"]
    if "image" in feedback:
        feedback.update(image=image, consent=True)


@schemathesis.hook
def map_query(context, query):
    top_k = (query or {}).get("top_k")
    if isinstance(top_k, int) and 1 <= top_k <= 10_000:
        # The schema's maximum covers all models.
        query["top_k"] = 1 + top_k % CLASSES
    return query


@schemathesis.hook
def filter_query(context, query):
    # These parameters exclude each other.
    return not {"version", "channel"} <= (query or {}).keys()


@schemathesis.hook
def filter_body(context, body):
    if context.operation.path == "/v1/classify/batch" and isinstance(body, dict) and "image" in body:
        # An invalid image does not fail the batch: the status is 200, with a problem in its result.
        if not isinstance(body["image"], list):
            return False
    # Empty names or control characters make a form invalid.
    return not isinstance(body, dict) or all(name and str(name).isprintable() for name in body)


@schemathesis.hook
def filter_headers(context, headers):
    # The schema does not describe the bytes of a file.
    start = re.match(r"bytes=(\d+)-", str((headers or {}).get("Range")))
    return start is None or int(start[1]) < FILE_BYTES


@schemathesis.hook
def before_call(context, case, kwargs):
    body = case.body
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if {"version", "channel"} <= (case.query or {}).keys():
        # The coverage phase does not call filter_query.
        del case.query["channel"]
    if case.operation.path == "/v1/feedback/{id}" and case.path_parameters["id"] not in answers:
        case.path_parameters["id"] = given_answer(case)
    if not isinstance(body, dict) or case.media_type != "application/json":
        return
    if case.operation.path == "/v1/feedback":
        about_an_answer(case)
        return
    if case.operation.path == "/v1/classify":
        # Each parameter is given once, and some exclude each other.
        for name in ("model", "version", "channel", "threshold", "top_k"):
            if name in (case.query or {}) or (name in ("version", "channel") and {"version", "channel"} & (case.query or {}).keys()):
                body.pop(name, None)
        if {"version", "channel"} <= body.keys():
            del body["channel"]
        if isinstance(body.get("top_k"), int):
            body["top_k"] = 1 + body["top_k"] % CLASSES
    for member in ("image", "inputs"):
        if isinstance(body.get(member), str):
            body[member] = image_of(body[member])
    if isinstance(body.get("inputs"), list):
        body["inputs"] = [tensor_of(sent) for sent in body["inputs"]]
        requested(body.get("outputs"))
