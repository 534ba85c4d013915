#!/usr/bin/env bash
# Installs third-party clients and checkers: from PyPI those of Hugging Face, Triton and KServe, and schemathesis (about
# 600 MB); from npm redocly and spectral (80 MB). Takes about a minute. Set PYTHON to use another interpreter than python3
# (3.10 or later).
set -euo pipefail

folder="${GLIMPSE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/glimpse}/tools/clients"
[ -x "$folder/bin/python" ] || "${PYTHON:-python3}" -m venv "$folder"
"$folder/bin/pip" install --quiet --disable-pip-version-check \
  huggingface_hub==2.4.0 'tritonclient[http]==2.73.0' kserve==0.21.0 schemathesis==4.32.5
npm install --prefix "$folder/linters" --silent --no-audit --no-fund --no-save --ignore-scripts \
  @redocly/cli@2.77.0 @stoplight/spectral-cli@6.16.3
echo "Clients and checkers are in $folder"
