#!/bin/sh
# Makes the virtual environment and installs one locked set of dependencies: base or dev.
set -eu
cd "$(dirname "$0")/.."
set_name=$1
venv=.venv

find_python() {
    for candidate in "${PYTHON:-python3}" python3 python3.13 python3.12 python3.11 python; do
        if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    echo "Loopkeeper needs Python 3.11 or newer, and found none on the path." >&2
    echo "Install one, or name it: make run PYTHON=/path/to/python3.12" >&2
    exit 1
}

make_venv() {
    "$1" -m venv "$venv" 2>"$venv.log" && rm -f "$venv.log" && return
    # Debian ships Python without its venv; as root we can add it.
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        apt-get update -qq && apt-get install -y -qq python3-venv >/dev/null
        "$1" -m venv "$venv" && rm -f "$venv.log" && return
    fi
    cat "$venv.log" >&2
    echo "Python can't make a virtual environment here. On Debian or Ubuntu: apt install python3-venv" >&2
    exit 1
}

if ! "$venv/bin/python" -c '' 2>/dev/null; then
    echo "Making a virtual environment in $venv …"
    rm -rf "$venv"
    make_venv "$(find_python)"
fi
count=$(grep -c '^[a-zA-Z0-9]' "requirements/$set_name.txt")
echo "Installing $count locked packages (once; a minute or two) …"
{
    status=0
    "$venv/bin/python" -m pip install --disable-pip-version-check --no-input --require-hashes \
        -r "requirements/$set_name.txt" || status=$?
    echo "$status" >"$venv/status"
} | sed -u -n 's/^Collecting \([^ ]*\).*/  \1/p; s/^Installing collected.*/  installing …/p; s/^Success.*/  done/p'
status=$(cat "$venv/status")
if [ "$status" != 0 ]; then
    echo "The packages could not be installed; the lines above say why. Nothing else was changed." >&2
    exit "$status"
fi
touch "$venv/ready-to-run"
[ "$set_name" = dev ] && touch "$venv/ready-to-test"
exit 0
