#!/bin/sh
# How the fonts in web/assets/fonts were made, from the npm packages that web/package-lock.json pins: Latin, the weights and
# the OpenType features that web/css uses, no hinting. 34 kB instead of 69.
#
#   python3 -m venv /tmp/fonts && /tmp/fonts/bin/pip install fonttools==4.68.0 brotli==1.2.1
#   npm ci --prefix web && PATH=/tmp/fonts/bin:$PATH web/hooks/subset_fonts.sh
set -eu
cd "$(dirname "$0")/../assets/fonts"
modules=../../node_modules
weights=$(mktemp --suffix=.ttf)
fonttools varLib.instancer "$modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2" wght=400:600 -o "$weights"
pyftsubset "$weights" --output-file=inter.woff2 --flavor=woff2 --no-hinting \
  --unicodes='U+20-7E,U+A0-FF,U+2010-2027,U+2030-203A,U+2191,U+2193,U+20AC,U+2122,U+2212' \
  --layout-features=kern,calt,tnum,ccmp,mark,mkmk,cv05,ss03
rm "$weights"
pyftsubset "$modules/@fontsource/jetbrains-mono/files/jetbrains-mono-latin-400-normal.woff2" --output-file=mono.woff2 \
  --flavor=woff2 --no-hinting --unicodes='*' --layout-features=ccmp,mark,mkmk,zero
