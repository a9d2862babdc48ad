#!/usr/bin/env bash
# Rehearses build-scripts/gpu-check.sh without a GPU: a bundle whose Java, kernel benchmark and nvidia-smi are stand-ins. Every
# stage runs from end to end; one Java crashes, one hangs, and the evidence of both must come back in the stage's one archive.
set -euo pipefail
home="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
bundle="$work/ambispike-gpu"
mkdir -p "$bundle/runtime/bin" "$bundle/lib" "$bundle/bench" "$bundle/test/classes/org/ambispike/contract" "$work/bin" "$work/data"
cp "$home/build-scripts/gpu-check.sh" "$bundle/"
echo rehearsal >"$bundle/COMMIT"
touch "$bundle/test/classes/org/ambispike/contract/"{Spike,Crash,Hang,Sessions}Test.class "$work/data/train-images-idx3-ubyte.gz"

fail() {
    printf 'gpu-check rehearsal: %s\n' "$1" >&2
    exit 1
}

cat >"$bundle/runtime/bin/java" <<'JAVA'
#!/usr/bin/env bash
# As a Java does: writes the error file that it was told when it crashes, and its threads at SIGQUIT.
for argument; do
    case $argument in
    -XX:ErrorFile=*) crash=${argument#*=} ;;
    --csv | --markdown) next=1 ;;
    *) [ -z "${next:-}" ] || { echo "$argument" >"$argument"; next=; } ;;
    esac
done
case "$*" in
*CrashTest*)
    echo 'SIGSEGV in libcudnn' >"$crash"
    kill -ABRT $$
    ;;
*HangTest*)
    trap 'echo "Full thread dump"' QUIT
    while true; do sleep 1; done
    ;;
*) echo "ran ${*: -3}" ;;
esac
JAVA
printf '#!/bin/sh\necho "copy,64 MiB,1,2,3,1.0"\n' >"$bundle/kernel_bench"
printf '#!/bin/sh\necho "GPU 0: stand-in"\n' >"$work/bin/nvidia-smi"
printf '#!/bin/sh\nshift 4\n"$@"\n' >"$work/bin/compute-sanitizer"
chmod +x "$bundle/runtime/bin/java" "$bundle/kernel_bench" "$work/bin/"*
export PATH="$work/bin:$PATH"

stage() { # name, expected exit status; unpacks what it left to $work/name
    local code=0
    "$bundle/gpu-check.sh" "$1" --out "$work/results" --data "$work/data" >"$work/$1.txt" 2>&1 || code=$?
    [ "$code" -eq "$2" ] || fail "stage $1 ended with $code, expected $2: $(tail -n 3 "$work/$1.txt")"
    [ -f "$work/results/$1.tar.gz" ] || fail "stage $1 left no archive"
    mkdir "$work/$1"
    tar -C "$work/$1" -xzf "$work/results/$1.tar.gz"
    [ -s "$work/$1/results.txt" ] && [ -s "$work/$1/gpu.md" ] || fail "stage $1 left no results"
}

for name in first reproduce autotune sanitizers sessions; do
    stage "$name" 0
done
grep -q 'copy | 64 MiB' "$work/first/gpu.md" || fail "the kernels' table is not there"
[ -s "$work/autotune/inference-autotuned.csv" ] || fail "the rows of the autotuned inference are not there"
AMBISPIKE_STAGE_SECONDS=20 stage contracts 1
grep -q 'SIGSEGV in libcudnn' "$work/contracts/CrashTest-crash.log" || fail "what the crash left is not there"
grep -q 'Full thread dump' "$work/contracts/HangTest.log" || fail "the threads of the Java that hung are not there"
grep -q -- '-- CrashTest: FAILED' "$work/contracts/results.txt" || fail "the crash is not told"
grep -q -- '-- SpikeTest: ' "$work/contracts/results.txt" || fail "the class after the crash was not run"
[ "$(find "$work/results" -type f | wc -l)" -eq 6 ] || fail "more than an archive a stage: $(ls -A "$work/results")"
if "$bundle/gpu-check.sh" unknown >/dev/null 2>&1; then fail "an unknown stage is taken"; fi
for number in 1 2 3 4 5 6; do
    command="$("$home/build-scripts/gpu-stage.sh" "$number")"
    (cd "$work" && OUT="$work/again" AMBISPIKE_STAGE_SECONDS=6 bash -n -c "$command") || fail "the command of stage $number is no command"
done
printf 'gpu-check rehearsal: six stages, a crash and a hang: the evidence came back\n'
