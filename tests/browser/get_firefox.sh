#!/bin/sh
# Debian's Firefox for the browser tests, and the package that drives it, where they are missing and whoever runs this may
# install them. It never fails: without one of them the tests in Firefox are skipped, and say so.
has() { command -v "$1" >/dev/null; }

if ! has firefox-esr && ! has firefox && [ "$(id -u)" = 0 ] && has apt-get; then
  export DEBIAN_FRONTEND=noninteractive
  install() { apt-get install -y -qq --no-install-recommends firefox-esr; }
  echo "Installing Debian's firefox-esr for the browser tests."
  { install || { apt-get update -qq && install; }; } >/dev/null 2>&1 ||
    echo "It can't be installed here: the tests in Firefox will be skipped."
fi

# npm itself writes the file that stands for an installation, at its end.
cd "$(dirname "$0")/node" || exit 0
if has node && has npm && ! [ node_modules/.package-lock.json -nt package-lock.json ]; then
  npm ci >/dev/null 2>&1 || echo "puppeteer-core can't be installed here: the tests in Firefox will be skipped."
fi
exit 0
