#!/usr/bin/env bash
# Installs Keras 2.15 for the tests, with TensorFlow 2.15, which needs Python 3.9 to 3.11. About 1.5 GB, one minute.
# Set PYTHON to use an interpreter that is not in the list below.
set -euo pipefail

folder="${GLIMPSE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/glimpse}/tools/keras2"
fits='import sys, venv; sys.exit(not (3, 9) <= sys.version_info[:2] <= (3, 11))'
for python in ${PYTHON:-} python3.11 python3.10 python3.9 python3 "$HOME"/.pyenv/versions/3.{11,10,9}.*/bin/python; do
  if "$python" -c "$fits" 2>/dev/null; then
    "$python" -m venv "$folder"
    "$folder/bin/pip" install --quiet --disable-pip-version-check tensorflow-cpu==2.15.1
    echo "Keras $("$folder/bin/python" -c 'import keras; print(keras.__version__)' 2>/dev/null) is in $folder"
    exit
  fi
done
echo 'No Python 3.9 to 3.11 was found: install one, and name it: PYTHON=/path/to/python bash test/keras/install-keras2.sh' >&2
exit 1
