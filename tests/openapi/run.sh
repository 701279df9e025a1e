#!/bin/sh
# The check against Monext's OpenAPI description, where all that it needs is here; else one line says what is missing.
#   tests/openapi/run.sh path/to/python
set -eu
skip() { echo "SKIPPED: the check against Monext's OpenAPI description (make test-openapi) needs $1."; exit 0; }
command -v node >/dev/null && command -v npm >/dev/null || skip "node and npm, which are not here"
[ -n "${MONEXT_OPENAPI:-}" ] || skip "a copy of it, which MONEXT_OPENAPI does not name"
[ -f "$MONEXT_OPENAPI" ] || skip "a copy of it: MONEXT_OPENAPI names no file"

# npm itself writes the file that stands for an installation, at its end.
node=tests/openapi/node
installed="$node/node_modules/.package-lock.json"
if [ ! -f "$installed" ] || [ "$node/package-lock.json" -nt "$installed" ]; then
  (cd "$node" && npm ci >/dev/null)
fi
exec "$1" -m pytest -m openapi tests/openapi
