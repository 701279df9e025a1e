#!/bin/sh
# The compiler that checks the types of static/enabler.js, where it is missing and npm can get it. It never fails: without it
# those tests are skipped, and it says so. npm itself writes the file that stands for an installation, at its end.
cd "$(dirname "$0")/types" || exit 0
has() { command -v "$1" >/dev/null; }
installed() { [ node_modules/.package-lock.json -nt package-lock.json ]; }

if has node && has npm && ! installed; then
  npm ci >/dev/null 2>&1
fi
has node && installed || echo "SKIPPED: the tests of the enabler's types need node, and npm for TypeScript."
exit 0
