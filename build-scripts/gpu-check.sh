#!/usr/bin/env bash
# Checks and measures Ambispike on the GPU of this machine, from a bundle that gpu-bundle.sh made. Usage:
#
#   gpu-check.sh [--libraries FOLDER]... [--out FOLDER] [--data FOLDER]
#
# The libraries of CUDA 13 and cuDNN 9 are looked for in the FOLDERs given, in the packages of the python3 on the path, and
# where the system has them. Runs the contract tests, where a skipped one counts as failed, among them the comparison with
# the CPU; the benchmark of the kernels against the copy bandwidth; VGG-16 in bf16 at T = 4, batch 256, against its
# roofline, with cuDNN's heuristics and with measured algorithms; compute-sanitizer's memcheck and racecheck on all kernels;
# reproduce net4 --profile quick; and 1,000 sessions opened and closed. Under 9 minutes: what there is no time left for
# counts as failed. Leaves results.txt, gpu.md with the tables for docs/gpu.md, and bench/results/DEVICE/*.csv in FOLDER,
# default gpu-results. Ends with 0 only if all of it passed.
set -uo pipefail
home="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)"
out=gpu-results
data="$home/data"
libraries=()

die() {
    printf 'gpu-check: %s\n' "$1" >&2
    exit "${2:-1}"
}

while [ $# -gt 0 ]; do
    case $1 in
    --libraries | --out | --data)
        [ $# -ge 2 ] || die "$1 needs a folder" 2
        case $1 in
        --libraries) libraries+=("$2") ;;
        --out) out=$2 ;;
        --data) data=$2 ;;
        esac
        shift 2
        ;;
    -h | --help)
        sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"
        exit 0
        ;;
    *) die "unknown argument $1; see --help" 2 ;;
    esac
done
java="$home/runtime/bin/java"
[ -x "$java" ] || die "this is the script of a bundle: build one with build-scripts/gpu-bundle.sh, and run it there" 2

# Wheels keep each library in a folder of its own.
if command -v python3 >/dev/null; then
    while IFS= read -r folder; do
        libraries+=("$folder")
    done < <(python3 - 2>/dev/null <<'PYTHON'
import glob, os, site, sys
for base in sys.path + site.getsitepackages():
    for folder in sorted(glob.glob(os.path.join(base, "nvidia", "*", "lib"))):
        print(folder)
PYTHON
    )
fi
for folder in ${libraries[@]+"${libraries[@]}"} /usr/local/cuda/lib64; do
    [ ! -d "$folder" ] || LD_LIBRARY_PATH="${LD_LIBRARY_PATH:+$LD_LIBRARY_PATH:}$folder"
done
export LD_LIBRARY_PATH="${LD_LIBRARY_PATH:-}" OMP_WAIT_POLICY=PASSIVE AMBISPIKE_REQUIRE_GPU=1

mkdir -p "$out"
results="$out/results.txt"
: >"$results"
failed=0
classes="$home/lib/*"
options=(-Xmx1g -XX:+UseSerialGC -Dorg.bytedeco.javacpp.maxBytes=0 -Dorg.bytedeco.javacpp.maxPhysicalBytes=0)

say() { printf '%s\n' "$*" | tee -a "$results"; }

readonly MOST_SECONDS=530

# Runs a part under a limit of seconds; its whole output goes to a file of its own, its end into the results.
part() { # name seconds lines command...
    local name=$1 seconds=$2 lines=$3 code=0 began=$SECONDS left=$((MOST_SECONDS - SECONDS))
    shift 3
    say "== $name"
    if [ "$left" -lt 5 ]; then
        say "-- $name: NOT RUN, the time is up"
        failed=1
        return
    fi
    [ "$seconds" -le "$left" ] || seconds=$left
    timeout "$seconds" "$@" >"$out/$name.log" 2>&1 || code=$?
    tail -n "$lines" "$out/$name.log" | tee -a "$results"
    if [ "$code" -eq 0 ]; then
        say "-- $name: passed in $((SECONDS - began)) s"
    else
        say "-- $name: FAILED with $code after $((SECONDS - began)) s; all of its output is in $out/$name.log"
        failed=1
    fi
}

say "ambispike $(cat "$home/COMMIT"), $(date -u +%Y-%m-%dT%H:%M:%SZ)"
if ! command -v nvidia-smi >/dev/null || ! nvidia-smi -L >>"$results" 2>&1; then
    say "no NVIDIA GPU with a driver on this machine (nvidia-smi finds none): nothing can be checked here"
    exit 1
fi
nvidia-smi --query-gpu=name,memory.total,compute_cap,driver_version --format=csv | tee -a "$results"
part doctor 60 70 "$java" "${options[@]}" -cp "$classes" org.ambispike.cli.Main doctor
console=("$java" "${options[@]}" -cp "$classes:$home/test/classes:$home/test/*" org.junit.platform.console.ConsoleLauncher
    execute --disable-banner --details=summary --reports-dir "$out/junit")
part contracts 180 30 "${console[@]}" --select-package org.ambispike.contract --include-classname '.*\.Cuda\w+Test' \
    --exclude-classname '.*\.CudaSessionsTest'
device="$(nvidia-smi --query-gpu=name --format=csv,noheader | head -n 1 | tr '[:upper:]' '[:lower:]' |
    sed 's/[^a-z0-9]\{1,\}/-/g; s/-$//')"
csv="$out/bench/results/$device/$(date -u +%Y-%m-%d)-$(cat "$home/COMMIT")"
mkdir -p "${csv%/*}"
part kernels 60 200 "$home/kernel_bench"
cp "$out/kernels.log" "$csv-kernels.csv"
network=("$java" "${options[@]}" -cp "$home/bench:$classes" org.ambispike.bench.GpuInference --precision bf16 --T 4 --batch 256)
part inference 90 60 "${network[@]}" --csv "$csv-inference.csv" --markdown "$out/inference.md"
part inference-autotuned 120 60 env XDG_CACHE_HOME="$out/cache" "${network[@]}" --autotune \
    --csv "$csv-inference-autotuned.csv" --markdown "$out/inference-autotuned.md"
sanitizer="$(command -v compute-sanitizer || echo /usr/local/cuda/bin/compute-sanitizer)"
for tool in memcheck racecheck; do
    part "$tool" 60 10 "$sanitizer" --tool "$tool" --error-exitcode 3 "$home/kernel_bench" small
done
if [ -f "$data/train-images-idx3-ubyte.gz" ]; then
    part reproduce 200 40 "$java" "${options[@]}" -cp "$classes" org.ambispike.cli.Main \
        reproduce net4 --profile quick --device cuda --data "$data" --out "$out/run" --plain
else
    say "== reproduce"
    say "-- reproduce: NOT RUN, no Fashion-MNIST in $data (--data FOLDER, or a bundle made with --data)"
    failed=1
fi
part sessions 120 10 "${console[@]}" --select-class org.ambispike.contract.CudaSessionsTest

{
    printf 'Measured on %s, %s, ambispike %s.\n\n' \
        "$(nvidia-smi --query-gpu=name,driver_version --format=csv,noheader | head -n 1)" "$(date -u +%Y-%m-%d)" \
        "$(cat "$home/COMMIT")"
    printf '### Kernels against the copy bandwidth\n\n| kernel | shape | bytes | ms | GB/s | part of the copy |\n'
    printf '|---|---|---|---|---|---|\n'
    awk -F, 'NF == 6 && $3 + 0 > 0 { printf "| %s | %s | %s | %s | %s | %.0f%% |\n", $1, $2, $3, $4, $5, 100 * $6 }' \
        "$out/kernels.log"
    printf '\n'
    cat "$out/inference.md" "$out/inference-autotuned.md" 2>/dev/null
    grep -e '^-- ' "$results"
} >"$out/gpu.md"
[ "$failed" -eq 0 ] && say "all passed" || say "NOT all passed"
exit "$failed"
