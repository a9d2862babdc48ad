#!/usr/bin/env bash
# Compiles native/src into java/target/native/libambispike.so: every operation three times (baseline, AVX2, AVX-512),
# the dispatcher once. Objects are named after a hash of what they are made from, so only what changed is compiled.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
source_dir="$root/native/src"
include_dir="$root/native/include"
out="$root/java/target/native"
compiler="${CXX:-g++}"

if ! command -v "$compiler" >/dev/null 2>&1; then
    echo "build-native: no C++ compiler '$compiler'; install one: sudo apt-get install -y g++" >&2
    exit 1
fi

# Contraction into FMA would change membrane traces between instruction sets and devices.
flags=(-std=c++17 -O3 -fPIC -fopenmp -ffp-contract=off -fno-math-errno -fno-trapping-math
    -fvisibility=hidden -fno-exceptions -fno-rtti -Wall -Wextra -Werror "-I$include_dir" "-I$source_dir")
declare -A variants=([baseline]="")
once=" dispatch.cpp runtime.cpp "
if [ "$(uname -m)" = x86_64 ]; then
    variants[avx2]="-march=x86-64-v3 -mprefer-vector-width=256"
    variants[avx512]="-march=x86-64-v4 -mprefer-vector-width=512"
fi

mkdir -p "$out/objects"
cd "$source_dir"
mapfile -t headers < <(find "$include_dir" "$source_dir" -name '*.h' | LC_ALL=C sort)
base="$({ echo "$("$compiler" -dumpfullversion) ${flags[*]} $(declare -p variants)"; cat "${headers[@]}"; } | sha256sum)"

jobs_file="$out/jobs"
: >"$jobs_file"
wanted=()
plan() { # source variant flags...
    local source="$1" variant="$2" hash object
    shift 2
    hash="$({ echo "$base $variant $*"; cat "$source"; } | sha256sum | cut -c1-16)"
    object="objects/${source%.cpp}-$variant-$hash.o"
    wanted+=("$object")
    [ -f "$out/$object" ] || {
        # %q: what xargs hands to bash may hold spaces.
        printf '%q ' "$compiler" "${flags[@]}" "$@" "-DAMBI_VARIANT=$variant" -c "$source" -o "$out/$object.part"
        printf '&& mv %q %q\0' "$out/$object.part" "$out/$object"
    } >>"$jobs_file"
}
for source in *.cpp; do
    if [[ "$once" == *" $source "* ]]; then
        plan "$source" once
    else
        for variant in "${!variants[@]}"; do
            # shellcheck disable=SC2086
            plan "$source" "$variant" ${variants[$variant]}
        done
    fi
done

stamp="$(printf '%s\n' "${wanted[@]}" | LC_ALL=C sort | sha256sum)"
library="$out/libambispike.so"
if [ -f "$library" ] && [ "$(cat "$out/stamp" 2>/dev/null)" = "$stamp" ]; then
    rm -f "$jobs_file"
    exit 0
fi
xargs -0 -r -n 1 -P "$(nproc)" bash -c <"$jobs_file" || {
    echo "build-native: compilation failed, see above" >&2
    exit 1
}
rm -f "$jobs_file"
(cd "$out" && "$compiler" -shared -fopenmp -Wl,-z,defs -Wl,-soname,libambispike.so -o libambispike.so.part "${wanted[@]}")
mv "$library.part" "$library"
for object in "$out"/objects/*; do
    [[ " ${wanted[*]} " == *" objects/${object##*/} "* ]] || rm -f "$object"
done
echo "$stamp" >"$out/stamp"
