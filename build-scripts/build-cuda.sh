#!/usr/bin/env bash
# Compiles cuda/src into java/target/cuda/libambispike_cuda.so, for every GPU architecture in
# AMBISPIKE_CUDA_ARCHITECTURES: numbers such as "90", "all" for what is released, "none" to leave the kernels out, or nothing
# for a short list that builds quickly. Any other GPU from 8.0 up runs the PTX that is always added. Objects are named after a hash of what they are
# made from. Fails where the compiler spills registers; leaves what it says of registers in java/target/cuda/registers.txt.
# Without nvcc it says so in a line and leaves the CUDA backend out.
#
# build-cuda.sh emulated: the same sources by g++ over tests/cuda-emulation, as java/target/cuda/emulated/libambispike_cuda.so,
# which holds what the backend uses of cuDNN and cuBLAS too and goes by their names beside it.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
source_dir="$root/cuda/src"
includes=("-I$root/native/include" "-I$root/cuda/include" "-I$source_dir")
out="$root/java/target/cuda"
host_flags=-fPIC,-fvisibility=hidden,-fno-exceptions,-fno-rtti,-Wall,-Wextra,-Werror

say() { printf 'build-cuda: %s\n' "$1" >&2; }

nvcc_path() {
    local candidate
    for candidate in ${CUDA_HOME:+"$CUDA_HOME/bin/nvcc"} nvcc /usr/local/cuda/bin/nvcc /usr/local/cuda-*/bin/nvcc; do
        if command -v "$candidate" >/dev/null 2>&1; then
            # The compiler itself, not a wrapper or a link elsewhere: it looks for its parts beside it.
            readlink -f "$(command -v "$candidate")"
            return
        fi
    done
}

sources=()
extra=()
if [ "${1:-}" = emulated ]; then
    out="$out/emulated"
    includes+=("-I$root/tests/cuda-emulation/include")
    compiler="${CXX:-g++}"
    compile=("$compiler" -x c++ -std=c++17 -O2 -ffp-contract=off -Wno-unknown-pragmas
        -DAMBISPIKE_EMULATED)
    IFS=, read -r -a split <<<"$host_flags"
    compile+=("${split[@]}")
    link=("$compiler" -shared)
    version="$("$compiler" -dumpfullversion)"
    mapfile -t extra < <(find "$root/tests/cuda-emulation" -name '*.cpp' | LC_ALL=C sort)
else
    nvcc="$(nvcc_path)"
    if [ -z "$nvcc" ]; then
        say "no nvcc: the CUDA backend is left out, all else works (to have it: install cuda-nvcc and cuda-cudart-dev)"
        rm -rf "$out/libambispike_cuda.so"
        exit 0
    fi
    architectures="${AMBISPIKE_CUDA_ARCHITECTURES:-90}"
    if [ "$architectures" = none ]; then
        rm -rf "$out/libambispike_cuda.so"
        exit 0
    fi
    [ "$architectures" != all ] || architectures="80 86 89 90 100 120"
    codes=""
    for architecture in $architectures; do
        codes+="sm_$architecture,"
    done
    # The front end runs once: machine code of every architecture is made from the PTX of the oldest.
    compile=("$nvcc" -std=c++17 -O3 --fmad=false -gencode "arch=compute_80,code=[${codes}compute_80]"
        -Xptxas -v -Xcompiler "$host_flags" --threads 2)
    link=("$nvcc" -shared -cudart static -Wno-deprecated-gpu-targets)
    version="$("$nvcc" --version | tail -n 1)"
fi

mkdir -p "$out/objects"
mapfile -t sources < <(find "$source_dir" -name '*.cu' | LC_ALL=C sort)
sources+=("${extra[@]}")
mapfile -t headers < <(find "$root/native/include" "$root/cuda" "$root/tests/cuda-emulation" -name '*.h' -o -name '*.cuh' |
    LC_ALL=C sort)
base="$({ echo "$version ${compile[*]}"; cat "${headers[@]}"; } | sha256sum)"

jobs_file="$out/jobs"
: >"$jobs_file"
wanted=()
for source in "${sources[@]}"; do
    name="$(basename "$source")"
    hash="$({ echo "$base"; cat "$source"; } | sha256sum | cut -c1-16)"
    object="$out/objects/${name%.*}-$hash.o"
    wanted+=("$object")
    [ -f "$object" ] || {
        printf '%q ' "${compile[@]}" "${includes[@]}" -c "$source" -o "$object.part"
        printf '>%q 2>&1 || { cat %q >&2; exit 255; }; mv %q %q\0' "$object.log" "$object.log" "$object.part" "$object"
    } >>"$jobs_file"
done
xargs -0 -r -n 1 -P "$(nproc)" bash -c <"$jobs_file" || {
    say "compilation failed, see above"
    exit 1
}
rm -f "$jobs_file"

# kernel, architecture, registers, shared bytes, stack bytes, spilled bytes; a line each
registers() {
    cat "${wanted[@]/%/.log}" | c++filt | awk '
        /Compiling entry function/ { split($0, part, "\047"); kernel = part[2]; architecture = part[4] }
        /bytes stack frame/ { stack = $1; spill = $5 + $9 }
        /Used [0-9]+ registers/ {
            match($0, /Used [0-9]+/); used = substr($0, RSTART + 5, RLENGTH - 5)
            shared = match($0, /[0-9]+ bytes smem/) ? substr($0, RSTART, RLENGTH - 11) : 0
            gsub(/void |ambispike::|\(anonymous namespace\)::|\((int|bool|ambispike::Membrane|ambispike::Activation)\)/, "", kernel)
            sub(/\(.*$/, "", kernel)
            printf "%s\t%s\t%d\t%d\t%d\t%d\n", kernel, architecture, used, shared, stack, spill
        }' | LC_ALL=C sort
}

library="$out/libambispike_cuda.so"
stamp="$(printf '%s\n' "${wanted[@]}" | sha256sum)"
if [ ! -f "$library" ] || [ "$(cat "$out/stamp" 2>/dev/null)" != "$stamp" ]; then
    if [ "${1:-}" != emulated ]; then
        registers >"$out/registers.txt"
        spilled="$(awk -F '\t' '$5 > 0 || $6 > 0 { print "  " $1 " on " $2 ": stack " $5 ", spilled " $6 " bytes" }' \
            "$out/registers.txt")"
        if [ -n "$spilled" ]; then
            say "kernels that spill registers or need a stack:"
            printf '%s\n' "$spilled" >&2
            exit 1
        fi
        say "$(wc -l <"$out/registers.txt") kernels, at most $(cut -f 3 "$out/registers.txt" | sort -n | tail -n 1) registers, no spills"
    fi
    "${link[@]}" -o "$library.part" "${wanted[@]}" -Xlinker -soname=libambispike_cuda.so
    mv "$library.part" "$library"
    echo "$stamp" >"$out/stamp"
fi
if [ "${1:-}" = emulated ]; then
    for name in cuda.so.1 cudart.so.13 cublas.so.13 cublasLt.so.13 cudnn{,_graph,_ops,_adv,_cnn}.so.9; do
        ln -sfn libambispike_cuda.so "$out/lib$name"
    done
fi
for object in "$out"/objects/*; do
    [[ " ${wanted[*]} " == *" ${object%.log} "* ]] || rm -f "$object"
done
