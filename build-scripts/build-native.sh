#!/usr/bin/env bash
# Compiles native/src into OUT/libambispike.so: for Linux on x86_64 every operation three times (baseline, AVX2, AVX-512) and
# the dispatcher once, elsewhere all once. Objects are named after a hash of what they are made from, so only what changed is
# compiled. Usage: build-native.sh PLATFORM OUT, PLATFORM one of linux-x86_64, linux-arm64, and, compiled but not tested,
# macosx-arm64, windows-x86_64. CXX names another compiler.
set -euo pipefail
usage='usage: build-native.sh PLATFORM OUT'
platform="${1:?$usage}"
out="${2:?$usage}"
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
source_dir="$root/native/src"
include_dir="$root/native/include"
compiler=g++
package=g++
file=libambispike.so
openmp=(-fopenmp)

# Contraction into FMA would change membrane traces between instruction sets and devices.
flags=(-std=c++17 -O3 -fPIC -fopenmp -ffp-contract=off -fno-math-errno -fno-trapping-math
    -fvisibility=hidden -fno-exceptions -fno-rtti -Wall -Wextra -Werror "-I$include_dir" "-I$source_dir")
linked=(-Wl,-z,defs "-Wl,-soname,$file")
declare -A variants=([baseline]="")
once=" dispatch.cpp runtime.cpp "
case $platform in
linux-x86_64)
    # For processors from before 2013: that it compiles in a third of the time is worth more than its speed.
    variants[baseline]="-O1"
    variants[avx2]="-march=x86-64-v3 -mprefer-vector-width=256"
    variants[avx512]="-march=x86-64-v4 -mprefer-vector-width=512"
    ;;
linux-arm64) # NEON is part of the architecture; 0 is what ambi_isa gives
    flags+=(-DAMBI_ONE_VARIANT=0)
    if [ "$(uname -m)" != aarch64 ]; then
        compiler=aarch64-linux-gnu-g++
        package=g++-aarch64-linux-gnu
    fi
    ;;
macosx-arm64)
    flags+=(-DAMBI_ONE_VARIANT=0)
    compiler=clang++
    package=clang
    file=libambispike.dylib
    openmp=(-lomp)
    linked=("-Wl,-install_name,@rpath/$file")
    ;;
windows-x86_64) # one variant, AVX2
    flags+=(-DAMBI_ONE_VARIANT=2)
    variants[baseline]="-march=x86-64-v3 -mprefer-vector-width=256"
    compiler=x86_64-w64-mingw32-g++
    package=g++-mingw-w64-x86-64
    file=ambispike.dll
    linked=()
    ;;
*)
    echo "build-native: no platform '$platform'; $usage" >&2
    exit 2
    ;;
esac
compiler="${CXX:-$compiler}"
if ! command -v "$compiler" >/dev/null 2>&1; then
    echo "build-native: no C++ compiler '$compiler'; install one: sudo apt-get install -y $package" >&2
    exit 1
fi

mkdir -p "$out/objects"
# The launcher begins before Maven comes to it. macOS has no flock.
exec 9>"$out/lock"
! command -v flock >/dev/null || flock 9
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
library="$out/$file"
if [ -f "$library" ] && [ "$(cat "$out/stamp" 2>/dev/null)" = "$stamp" ]; then
    rm -f "$jobs_file"
    exit 0
fi
xargs -0 -r -n 1 -P "$(nproc)" bash -c <"$jobs_file" || {
    echo "build-native: compilation failed, see above" >&2
    exit 1
}
rm -f "$jobs_file"
(cd "$out" && "$compiler" -shared "${openmp[@]}" "${linked[@]}" -o "$file.part" "${wanted[@]}")
mv "$library.part" "$library"
for object in "$out"/objects/*; do
    [[ " ${wanted[*]} " == *" objects/${object##*/} "* ]] || rm -f "$object"
done
echo "$stamp" >"$out/stamp"
