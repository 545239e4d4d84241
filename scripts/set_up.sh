#!/bin/sh
# Which Python sets Standfast up? The newest that has what is needed, or the one PYTHON names. Everything else is in set_up.py.
# Called by the Makefile: scripts/set_up.sh run|check|test|engines|assets
set -u
cd "$(dirname "$0")/.." || exit 2

fits() { # Python 3.11 or newer, able to make virtual environments
    "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}
complete() {
    fits "$1" && "$1" -c 'import venv; from ensurepip import version' 2>/dev/null
}

if [ -n "${PYTHON:-}" ]; then
    fits "$PYTHON" || { echo "set-up: PYTHON=$PYTHON is not a Python 3.11 or newer." >&2; exit 2; }
    exec "$PYTHON" scripts/set_up.py "$@"
fi
for candidate in python3 /usr/bin/python3 python3.13 python3.12 python3.11; do
    complete "$candidate" && exec "$candidate" scripts/set_up.py "$@"
done
for candidate in /usr/bin/python3 python3 python3.13 python3.12 python3.11; do
    fits "$candidate" && exec "$candidate" scripts/set_up.py "$@"
done
echo "set-up: Standfast needs Python 3.11 or newer (PYTHON=… names one): sudo apt-get install -y python3 python3-venv make chromium" >&2
exit 2
