#!/bin/sh
# Debian's Chromium for the browser tests, where there is none and whoever runs this may install it. It never fails:
# without a browser these tests are skipped, and say so.
for name in chromium chromium-browser google-chrome-stable google-chrome; do
  command -v "$name" >/dev/null && exit 0
done
[ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || exit 0

export DEBIAN_FRONTEND=noninteractive
install() { apt-get install -y -qq --no-install-recommends chromium fonts-liberation; }
echo "Installing Debian's chromium for the browser tests."
{ install || { apt-get update -qq && install; }; } >/dev/null 2>&1 ||
  echo "It can't be installed here: the browser tests will be skipped."
exit 0
