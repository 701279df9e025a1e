#!/bin/sh
# The Nu checker of HTML, and the Java that it needs, where they are missing and whoever runs this may install them. It never
# fails: without one of them the tests of the markup are skipped, and it says so.
has() { command -v "$1" >/dev/null; }

if ! has java && [ "$(id -u)" = 0 ] && has apt-get; then
  export DEBIAN_FRONTEND=noninteractive
  install() { apt-get install -y -qq --no-install-recommends default-jre-headless; }
  echo "Installing Debian's default-jre-headless for the tests of the markup."
  { install || { apt-get update -qq && install; }; } >/dev/null 2>&1
fi

# npm itself writes the file that stands for an installation, at its end.
cd "$(dirname "$0")/node" || exit 0
installed() { [ node_modules/.package-lock.json -nt package-lock.json ]; }
if has java && has npm && ! installed; then
  npm ci >/dev/null 2>&1
fi

has java && installed ||
  echo "SKIPPED: the tests of the markup need java, and npm for vnu-jar."
exit 0
