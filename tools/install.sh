#!/bin/sh
# Makes .venv and installs the lock files that are named, unless that has been done already.
set -eu

candidates=${PYTHON:-python3.13 python3.12 python3.11 python3 python}

runs() {
    # Tried and not only looked for: a version manager's shim may exist and fail.
    "$1" -c "import sys, $2; raise SystemExit(not (3, 11) <= sys.version_info[:2] <= (3, 13))" \
        </dev/null >/dev/null 2>&1
}

refuse() {
    echo "$*" >&2
    exit 1
}

make_environment() {
    without_venv=
    for python in $candidates; do
        if runs "$python" "ensurepip, venv"; then
            "$python" -m venv --clear .venv
            return
        fi
        if runs "$python" os; then
            without_venv=$python
        fi
    done
    if [ -n "$without_venv" ]; then
        refuse "$without_venv has no venv module: install it (on Debian and Ubuntu the package" \
            "python3-venv) and try again."
    fi
    refuse "Autoencoder Lab needs Python 3.11, 3.12 or 3.13, and none of these is one: $candidates." \
        "Install one, or name yours with PYTHON=/path/to/python."
}

runs .venv/bin/python pip || make_environment
for lock in "$@"; do
    if ! cmp -s "$lock" ".venv/installed-$lock"; then
        echo "Installing $lock into .venv; the first time takes a few minutes."
        .venv/bin/python -m pip install -q --disable-pip-version-check -r "$lock"
        cp "$lock" ".venv/installed-$lock"
    fi
done
