#!/bin/sh
# Locks the dependencies of pyproject.toml by hash, for every platform and Python from 3.11 on.
set -eu
cd "$(dirname "$0")/.."
compile() {
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
        --no-header --no-emit-index-url "$@" pyproject.toml
}
compile --upgrade --extra dev -o requirements/dev.txt
compile -c requirements/dev.txt -o requirements/base.txt
compile -c requirements/dev.txt --extra postgres -o requirements/postgres.txt
