#!/bin/sh
# Debian's Firefox for the browser tests, and the package that drives it, where they are missing and whoever runs this may
# install them. It never fails: without one of them the tests in Firefox are skipped, and it says so.
has() { command -v "$1" >/dev/null; }
has_firefox() { has firefox-esr || has firefox; }

if ! has_firefox && [ "$(id -u)" = 0 ] && has apt-get; then
  export DEBIAN_FRONTEND=noninteractive
  install() { apt-get install -y -qq --no-install-recommends firefox-esr; }
  echo "Installing Debian's firefox-esr for the browser tests."
  { install || { apt-get update -qq && install; }; } >/dev/null 2>&1
fi

# npm itself writes the file that stands for an installation, at its end.
cd "$(dirname "$0")/node" || exit 0
installed() { [ node_modules/.package-lock.json -nt package-lock.json ]; }
if has_firefox && has node && has npm && ! installed; then
  npm ci >/dev/null 2>&1
fi

has_firefox && has node && installed ||
  echo "SKIPPED: the tests in Firefox need firefox-esr, node, and npm for puppeteer-core."
exit 0
