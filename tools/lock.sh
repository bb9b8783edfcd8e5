#!/bin/sh
# Writes requirements/*.txt anew from pyproject.toml: exact versions with the hashes of their files, for every platform.
# Present versions are kept where the bounds allow; pass --upgrade to take the newest.
set -eu
cd "$(dirname "$0")/.."

# pyftpdlib is published as a source distribution only.
compile() {
    name=$1
    shift
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --only-binary :all: --no-binary pyftpdlib \
        --generate-hashes --no-annotate --no-header --output-file "requirements/$name.txt" "$@" >/dev/null
    sed -i "1i # Written by make lock from pyproject.toml; do not edit." "requirements/$name.txt"
}

compile dev pyproject.toml --all-extras --group dev --group build "$@"
compile runtime pyproject.toml --constraints requirements/dev.txt
compile gui pyproject.toml --all-extras --constraints requirements/dev.txt
compile build --group build --constraints requirements/dev.txt
