#!/usr/bin/env bash
# Checks and measures Ambispike on the GPU of this machine, from a bundle that gpu-bundle.sh made, in stages of at most 150
# seconds that stand alone, by what they are worth:
#
#   first       the self-check in f32, tf32 and bf16, every kernel against the copy bandwidth, and VGG-16 in bf16 and int8 against its roofline
#   contracts   the contract tests, each class in a Java of its own, for an error of CUDA stays with its process
#   peers       VGG-16 beside PyTorch and SpikingJelly, inference and training steps through time: ours, theirs, the roofline
#   reproduce   reproduce net4 --profile quick
#   autotune    VGG-16 again, with measured algorithms of cuDNN
#   sanitizers  compute-sanitizer's memcheck and racecheck on all kernels
#   sessions    200 sessions opened and closed
#
# Usage: gpu-check.sh STAGE [--libraries FOLDER]... [--out FOLDER] [--data FOLDER]
#
# The libraries of CUDA 13 and cuDNN 9 are looked for in the FOLDERs given, in the packages of the python3 on the path, and
# where the system has them. Leaves one file in FOLDER, default gpu-results: STAGE.tar.gz, made anew after every part, with
# results.txt, the output of each part, what a Java that crashed or hung left, CSV, and gpu.md with tables for docs/gpu.md. A part
# that there is no time left for counts as failed, and so does a skipped test. Ends with 0 only if all of the stage passed.
# AMBISPIKE_STAGE_SECONDS, AMBISPIKE_STAGE_NETWORK (options of GpuInference) and AMBISPIKE_STAGE_TRAINING (of ThroughTime) are
# for a rehearsal on what is slower.
set -uo pipefail
home="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")" && pwd)"
out=gpu-results
data="$home/data"
stage=
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
    first | contracts | peers | reproduce | autotune | sanitizers | sessions)
        [ -z "$stage" ] || die "one stage at a time; see --help" 2
        stage=$1
        shift
        ;;
    *) die "unknown argument $1; see --help" 2 ;;
    esac
done
[ -n "$stage" ] || die "which stage? see --help" 2
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
mkdir -p "$out" || die "cannot make $out"
out="$(cd "$out" && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
export LD_LIBRARY_PATH="${LD_LIBRARY_PATH:-}" OMP_WAIT_POLICY=PASSIVE AMBISPIKE_REQUIRE_GPU=1 XDG_CACHE_HOME="$work/.cache"

results="$work/results.txt"
: >"$results"
failed=0
classes="$home/lib/*"

say() { printf '%s\n' "$*" | tee -a "$results"; }

# What there is so far, whole at every moment: the next part may be the last.
keep() {
    tar -C "$work" --exclude=.cache -czf "$out/.$stage.part" . && mv "$out/.$stage.part" "$out/$stage.tar.gz"
}

readonly MOST_SECONDS=${AMBISPIKE_STAGE_SECONDS:-150}
read -r -a network <<<"${AMBISPIKE_STAGE_NETWORK:---T 4 --batch 256}"
read -r -a training <<<"${AMBISPIKE_STAGE_TRAINING:---width 64 --T 4 --batch 128}"

# Runs a part under a limit of seconds. A Java that hangs writes where its threads are, and is killed ten seconds later.
part() { # name seconds lines command...
    local name=$1 seconds=$2 lines=$3 code=0 began=$SECONDS left=$((MOST_SECONDS - SECONDS))
    shift 3
    say "== $name"
    if [ "$left" -lt 5 ]; then
        say "-- $name: NOT RUN, the time is up"
        failed=1
        keep
        return
    fi
    [ "$seconds" -le "$left" ] || seconds=$left
    timeout -s QUIT -k 10 "$seconds" "$@" >"$work/$name.log" 2>&1 || code=$?
    tail -n "$lines" "$work/$name.log" | tee -a "$results"
    if [ "$code" -eq 0 ]; then
        say "-- $name: passed in $((SECONDS - began)) s"
    else
        say "-- $name: FAILED with $code after $((SECONDS - began)) s; all of its output is in $name.log"
        failed=1
    fi
    keep
}

# A Java for a part: what it leaves when it crashes is kept too.
virtual_machine() { # part
    printf '%s\n' "$java" -Xmx1g -XX:+UseSerialGC "-XX:ErrorFile=$work/$1-crash.log" \
        -Dorg.bytedeco.javacpp.maxBytes=0 -Dorg.bytedeco.javacpp.maxPhysicalBytes=0
}

main() { # part seconds lines arguments...
    local machine
    mapfile -t machine < <(virtual_machine "$1")
    part "$1" "$2" "$3" "${machine[@]}" -cp "$classes" org.ambispike.cli.Main "${@:4}"
}

tests_of() { # class seconds
    local machine
    mapfile -t machine < <(virtual_machine "$1")
    part "$1" "$2" 12 "${machine[@]}" -cp "$classes:$home/test/classes:$home/test/*" \
        org.junit.platform.console.ConsoleLauncher execute --disable-banner --details=summary \
        --select-class "org.ambispike.contract.$1"
}

inference() { # part seconds precision options...
    local machine
    mapfile -t machine < <(virtual_machine "$1")
    part "$1" "$2" 60 "${machine[@]}" -cp "$home/bench:$classes" org.ambispike.bench.GpuInference --precision "$3" \
        "${network[@]}" --csv "$work/$1.csv" --markdown "$work/$1.md" "${@:4}"
}

# The value of an option among words.
value_of() { # option words...
    local option=$1
    shift
    while [ $# -gt 1 ] && [ "$1" != "$option" ]; do shift; done
    printf '%s\n' "$2"
}

stage_first() {
    main doctor 40 70 doctor
    main doctor-tf32 20 40 doctor --precision tf32
    main doctor-bf16 20 40 doctor --precision bf16
    part kernels 60 200 "$home/kernel_bench"
    cp "$work/kernels.log" "$work/kernels.csv" 2>/dev/null
    inference inference 60 bf16
    inference inference-int8 40 int8
}

stage_contracts() {
    local class
    for class in "$home"/test/classes/org/ambispike/contract/*Test.class; do
        class="$(basename "$class" .class)"
        [ "$class" = SessionsTest ] || tests_of "$class" 60
    done
}

stage_peers() {
    local machine model="$work/.cache/vgg16.safetensors"
    mkdir -p "$work/.cache"
    inference inference 50 bf16 --network "$model"
    mapfile -t machine < <(virtual_machine training)
    part training 30 5 "${machine[@]}" -cp "$home/bench:$classes" org.ambispike.bench.ThroughTime --device cuda \
        --precision bf16 "${training[@]}"
    part peers 120 40 "${AMBISPIKE_PEERS_PYTHON:-python3}" "$home/peers/gpu.py" "$model" \
        --device "${AMBISPIKE_PEERS_DEVICE:-cuda}" --T "$(value_of --T "${network[@]}")" \
        --batch "$(value_of --batch "${network[@]}")" --training-batch "$(value_of --batch "${training[@]}")" \
        --ours "$work/inference.csv" --ours-training "$work/training.log" --csv "$work/peers.csv" \
        --markdown "$work/inference-peers.md"
}

stage_reproduce() {
    if [ -f "$data/train-images-idx3-ubyte.gz" ]; then
        main reproduce 140 40 reproduce net4 --profile quick --device cuda --data "$data" --out "$work/run" --plain
        rm -rf "$work"/run/checkpoints "$work"/run/*.safetensors
    else
        say "-- reproduce: NOT RUN, no Fashion-MNIST in $data (--data FOLDER, or a bundle made with --data)"
        failed=1
    fi
}

stage_autotune() { inference inference-autotuned 140 bf16 --autotune; }

stage_sanitizers() {
    local tool sanitizer
    sanitizer="$(command -v compute-sanitizer || echo /usr/local/cuda/bin/compute-sanitizer)"
    for tool in memcheck racecheck; do
        part "$tool" 70 10 "$sanitizer" --tool "$tool" --error-exitcode 3 "$home/kernel_bench" small
    done
}

stage_sessions() { tests_of SessionsTest 140; }

say "ambispike $(cat "$home/COMMIT"), stage $stage, $(date -u +%Y-%m-%dT%H:%M:%SZ)"
if ! command -v nvidia-smi >/dev/null || ! nvidia-smi -L >>"$results" 2>&1; then
    say "no NVIDIA GPU with a driver on this machine (nvidia-smi finds none): nothing can be checked here"
    keep
    exit 1
fi
nvidia-smi --query-gpu=name,memory.total,compute_cap,driver_version --format=csv | tee -a "$results"
keep
"stage_$stage"
{
    printf 'Measured on %s, %s, ambispike %s, stage %s.\n\n' \
        "$(nvidia-smi --query-gpu=name,driver_version --format=csv,noheader | head -n 1)" "$(date -u +%Y-%m-%d)" \
        "$(cat "$home/COMMIT")" "$stage"
    if [ -f "$work/kernels.csv" ]; then
        printf '### Kernels against the copy bandwidth\n\n| kernel | shape | bytes | ms | GB/s | part of the copy |\n'
        printf '|---|---|---|---|---|---|\n'
        awk -F, 'NF == 6 && $3 + 0 > 0 { printf "| %s | %s | %s | %s | %s | %.0f%% |\n", $1, $2, $3, $4, $5, 100 * $6 }' \
            "$work/kernels.csv"
        printf '\n'
    fi
    cat "$work"/inference*.md 2>/dev/null
    grep -e '^-- ' "$results"
} >"$work/gpu.md"
[ "$failed" -eq 0 ] && say "all passed" || say "NOT all passed"
keep
exit "$failed"
