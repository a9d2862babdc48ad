#!/usr/bin/env bash
# Prints the command that runs a stage of gpu-check.sh on a GPU's machine, once the bundle (gpu-bundle.sh) lies there, with
# nothing but tar's or Python's reader of xz. Usage: gpu-stage.sh N, from 1: first, contracts, peers, reproduce, autotune, sanitizers, sessions.
set -euo pipefail
stages=(first contracts peers reproduce autotune sanitizers sessions)
number=${1:-}
if ! [[ $number =~ ^[1-7]$ ]]; then
    printf 'usage: gpu-stage.sh N, from 1 to %d: %s\n' "${#stages[@]}" "${stages[*]}" >&2
    exit 2
fi
unpack="[ -d ambispike-gpu ] || tar xJf ambispike-gpu.tar.xz 2>/dev/null ||"
unpack+=" python3 -c 'import tarfile; tarfile.open(\"ambispike-gpu.tar.xz\").extractall()'"
data=
[ "${stages[number - 1]}" != reproduce ] || data=' --data fashion-mnist'
printf '{ %s; } && ambispike-gpu/gpu-check.sh %s --out "${OUT:-gpu-results}"%s\n' "$unpack" "${stages[number - 1]}" "$data"
