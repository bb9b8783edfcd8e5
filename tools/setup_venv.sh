#!/bin/sh
# Makes .venv from the locked requirements and installs labapp into it, editable.
# Does nothing when requirements, project file, Python and place are those of the last time. Exit status 3 when the machine
# lacks something.
# Usage: setup_venv.sh runtime|gui|dev
set -eu
cd "$(dirname "$0")/.."

kind=${1:-}
case $kind in
    runtime) locked="requirements/build.txt requirements/runtime.txt" ;;
    gui) locked="requirements/build.txt requirements/gui.txt" ;;
    dev) locked="requirements/build.txt requirements/dev.txt" ;;
    *)
        echo "usage: $0 runtime|gui|dev" >&2
        exit 2
        ;;
esac
place=$(pwd -P)/.venv
stamp=.venv/.installed-$kind

fail() {
    printf 'labapp: %s\n' "$1" >&2
    exit 3
}

# A Python that labapp supports and that can make an environment: Debian's own lacks ensurepip until python3.11-venv is there.
usable() {
    "$1" -c 'import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' 2>/dev/null
}

find_python() {
    for candidate in ${PYTHON:-python3.11 python3.12 python3}; do
        if usable "$candidate"; then
            echo "$candidate"
            return
        fi
    done
}

# Scripts in an environment name their interpreter by its full path, so one that was moved or copied must be made anew.
sound() {
    .venv/bin/python -c 'import pip' 2>/dev/null && grep -qsF "$place/" .venv/bin/pip
}

# shellcheck disable=SC2086  # several files
fingerprint() {
    { echo "$place" && .venv/bin/python -VV && cat $locked pyproject.toml; } | sha256sum
}

if sound; then
    [ "$(cat "$stamp" 2>/dev/null)" != "$(fingerprint)" ] || exit 0
else
    python=$(find_python)
    if [ -z "$python" ]; then
        sh tools/install_packages.sh python3.11-venv
        python=$(find_python)
        [ -n "$python" ] || fail "no usable Python - labapp needs Python 3.11 or 3.12 with venv; name it with PYTHON=/path/to/python3.11"
    fi
    echo "labapp: making .venv with $python" >&2
    "$python" -m venv --clear .venv || fail "the environment .venv could not be made - the message stands above"
fi

pip() {
    .venv/bin/python -m pip --quiet --disable-pip-version-check --no-input "$@" </dev/null ||
        fail "the requirements could not be installed - pip's message stands above"
}

echo "labapp: installing the $kind requirements" >&2
# Wheels only: a source distribution would fetch build tools that no hash covers. pyftpdlib has no wheel; it is built without
# isolation, by the setuptools that build.txt, the first of the files, has brought.
for file in $locked; do
    pip install --require-hashes --only-binary :all: --no-binary pyftpdlib --no-build-isolation -r "$file"
done
pip install --no-deps --no-build-isolation --editable .
fingerprint >"$stamp"
