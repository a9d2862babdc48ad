#!/bin/sh
# Makes sure that this machine can build Ambispike: a JDK of at least 17, g++, and a way to download.
# Installs what is missing through apt where that needs no password, else says in one line what to install.
set -eu

say() { printf 'ambispike: %s\n' "$1" >&2; }

die() {
  say "$1"
  exit 1
}

# The JDK that Maven will take: JAVA_HOME, else the path.
tool() {
  if [ -n "${JAVA_HOME:-}" ]; then printf '%s/bin/%s' "$JAVA_HOME" "$1"; else command -v "$1" || true; fi
}

# Major version of javac; 0 where there is none.
javac_major() {
  javac=$(tool javac)
  if [ -z "$javac" ] || [ ! -x "$javac" ]; then
    echo 0
    return
  fi
  version=$("$javac" -version 2>&1 | sed -n 's/^javac \([0-9][0-9]*\).*/\1/p' | head -n 1)
  echo "${version:-0}"
}

missing=''
need() { missing="${missing:+$missing }$1"; }

if [ "$(javac_major)" -lt 17 ]; then
  [ -z "${JAVA_HOME:-}" ] || die "JAVA_HOME is $JAVA_HOME, which holds no JDK of version 17 or newer; unset it or point it to one"
  need openjdk-17-jdk-headless
fi
command -v g++ >/dev/null || need g++
if ! command -v curl >/dev/null && ! command -v wget >/dev/null; then
  need curl
  need ca-certificates
fi

[ -n "$missing" ] || exit 0

command -v apt-get >/dev/null || die "missing: $missing (named as on Debian and Ubuntu); install them and run this again"
as_root=''
if [ "$(id -u)" -ne 0 ]; then
  if command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root='sudo -n'
  else
    die "missing: $missing; install with: sudo apt-get install --no-install-recommends $missing"
  fi
fi

say "installing $missing"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# shellcheck disable=SC2086  # both are lists of words
if ! {
  $as_root apt-get update -q &&
    $as_root env DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends $missing
} >"$log" 2>&1; then
  tail -n 10 "$log" >&2
  die "apt-get could not install $missing"
fi
[ "$(javac_major)" -ge 17 ] || die "the javac found first is older than 17; set JAVA_HOME to a JDK of version 17 or newer"
