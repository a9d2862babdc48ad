#!/bin/sh
# Writes the version and the commit to a properties file, only where they changed. Usage: version.sh VERSION FILE
set -eu

root=$(dirname "$(readlink -f "$0")")/..
commit=$(git -C "$root" describe --always --dirty --abbrev=10 --exclude '*' 2>/dev/null || echo unknown)
mkdir -p "$(dirname "$2")"
printf 'version=%s\ncommit=%s\n' "$1" "$commit" >"$2.new"
if cmp -s "$2.new" "$2"; then rm "$2.new"; else mv "$2.new" "$2"; fi
