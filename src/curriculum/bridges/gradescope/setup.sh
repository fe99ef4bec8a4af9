#!/usr/bin/env bash
# Run once, as root, while Gradescope builds the autograder's image: installs the course beside what was uploaded.
set -euo pipefail

# Gradescope's folder; only a rehearsal elsewhere names another one.
root=${AUTOGRADER_ROOT:-/autograder}
source=$root/source

# The lesson's source and the key hold hidden tests and their draws. The grader runs learners' code as another user.
chmod 700 "$source"
chmod -R go-rwx "$source"

find_python() {
    local name
    for name in python3.14 python3.13 python3.12 python3.11 python3; do
        if command -v "$name" >/dev/null &&
            "$name" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    return 1
}

if ! python=$(find_python); then
    export DEBIAN_FRONTEND=noninteractive
    apt-get update
    for version in 3.14 3.13 3.12 3.11; do
        if apt-get install --yes --no-install-recommends "python$version" "python$version-venv"; then
            break
        fi
    done
    python=$(find_python) || {
        echo "setup.sh: needs Python 3.11 or newer: choose a newer image in the autograder's settings" >&2
        exit 1
    }
fi

"$python" -m venv "$root/venv"
pip=("$root/venv/bin/python" -m pip install --disable-pip-version-check --no-cache-dir --progress-bar off)
# Every file must be the one that the course was tested with. pip's own settings say where files come from.
"${pip[@]}" --require-hashes --only-binary :all: -r "$source/requirements.txt"
"${pip[@]}" --no-deps --no-index "$source"/wheels/*.whl

# A lesson that cannot be read is found now, not with the first submission.
lesson=$("$python" -c 'import json, sys; print(json.load(open(sys.argv[1]))["lesson"])' "$source/settings.json")
"$root/venv/bin/curriculum" course "$lesson" --course "$source/course"
