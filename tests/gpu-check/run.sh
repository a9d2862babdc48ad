#!/usr/bin/env bash
# Rehearses build-scripts/gpu-check.sh without a GPU: every stage from end to end on the emulated device, with small networks. Among
# the contract tests are a Java that crashes and one that hangs: the evidence of both must come back in the stage's one archive.
# Stand-ins are nvidia-smi, compute-sanitizer, and of reproduce its plan, for an emulated device takes days for the rest. The peers run on
# the CPU, where Python has PyTorch.
#
#   AMBISPIKE_REHEARSAL_CLASSPATH   classes of a build with their natives; else one is made
#   AMBISPIKE_PEERS_PYTHON          the Python that has PyTorch. Default: python3
set -euo pipefail
home="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)"
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
ulimit -c 0
emulated="$home/java/target/cuda/emulated"
export AMBISPIKE_PEERS_PYTHON="${AMBISPIKE_PEERS_PYTHON:-python3}" AMBISPIKE_PEERS_DEVICE=cpu TORCHDYNAMO_DISABLE=1
export AMBISPIKE_STAGE_NETWORK='--T 2 --batch 2 --width 2 --times 1 --extent 16 --copy-floats 1024'
export AMBISPIKE_STAGE_TRAINING='--width 2 --T 2 --batch 2 --steps 2'

fail() {
    printf 'gpu-check rehearsal: %s\n' "$1" >&2
    exit 1
}

classes="${AMBISPIKE_REHEARSAL_CLASSPATH:-}"
if [ -z "$classes" ]; then
    (cd "$home" && ./mvnw -q -B -pl tests,bench -am -DskipTests -Dspotless.check.skip=true -Dmaven.javadoc.skip=true \
        -Dmaven.source.skip=true package dependency:build-classpath -Dmdep.includeScope=test \
        -Dmdep.outputFile=target/test-classpath)
    classes="$home/java/target/native-resources:$home/java/target/native-resources-cuda:$home/bench/target/classes"
    classes+=":$home/tests/target/test-classes:$(<"$home/tests/target/test-classpath")"
fi
"$home/build-scripts/build-cuda.sh" emulated

bundle="$work/ambispike-gpu"
contract="$bundle/test/classes/org/ambispike/contract"
mkdir -p "$bundle/runtime/bin" "$bundle/lib" "$bundle/bench" "$contract" "$work/bin" "$work/data"
cp "$home/build-scripts/gpu-check.sh" "$bundle/"
cp -r "$home/bench/peers" "$bundle/peers"
echo rehearsal >"$bundle/COMMIT"
touch "$work/data/train-images-idx3-ubyte.gz"

# The classes of this build in place of the bundle's, on the emulated device.
cat >"$bundle/runtime/bin/java" <<JAVA
#!/usr/bin/env bash
arguments=()
while [ \$# -gt 0 ]; do
    case \$1 in
    -cp)
        arguments+=(-cp "\$2:$classes")
        shift
        ;;
    reproduce) arguments+=(reproduce --plan) ;;
    *) arguments+=("\$1") ;;
    esac
    shift
done
export LD_LIBRARY_PATH="$emulated:\$LD_LIBRARY_PATH"
exec java -Dorg.bytedeco.javacpp.pathsFirst=true -Djava.library.path="$emulated" "\${arguments[@]}"
JAVA
"${CXX:-g++}" -x c++ -std=c++17 -O1 -DAMBISPIKE_EMULATED -I"$home/native/include" -I"$home/cuda/include" \
    -I"$home/tests/cuda-emulation/include" "$home/bench/cuda/kernel_bench.cu" -x none "$emulated/libambispike_cuda.so" \
    -Wl,-rpath,"$emulated" -o "$work/kernel_bench"
printf '#!/bin/sh\nexec "%s" small\n' "$work/kernel_bench" >"$bundle/kernel_bench"
printf '#!/bin/sh\necho "GPU 0: stand-in"\n' >"$work/bin/nvidia-smi"
printf '#!/bin/sh\nshift 4\n"$@"\n' >"$work/bin/compute-sanitizer"
chmod +x "$bundle/runtime/bin/java" "$bundle/kernel_bench" "$work/bin/"*
export PATH="$work/bin:$PATH"

# One of the real classes, one that crashes, and one that hangs at the end.
IFS=: read -r -a entries <<<"$classes"
for entry in "${entries[@]}"; do
    [ ! -f "$entry/org/ambispike/contract/PoolTest.class" ] || cp "$entry"/org/ambispike/contract/PoolTest*.class "$contract/"
done
cat >"$work/CrashTest.java" <<'JAVA'
package org.ambispike.contract;

class CrashTest {
    @org.junit.jupiter.api.Test
    void crashes() throws ReflectiveOperationException {
        java.lang.reflect.Field field = sun.misc.Unsafe.class.getDeclaredField("theUnsafe");
        field.setAccessible(true);
        ((sun.misc.Unsafe) field.get(null)).putAddress(0, 0);
    }
}

class ZzHangTest {
    @org.junit.jupiter.api.Test
    void hangs() throws InterruptedException {
        Thread.sleep(Long.MAX_VALUE);
    }
}
JAVA
javac -nowarn -cp "$classes" -d "$bundle/test/classes" "$work/CrashTest.java" 2>"$work/javac.log" ||
    fail "$(<"$work/javac.log")"
# the standalone console, as in the bundle, unless the class path has one
if ! java -cp "$classes" org.junit.platform.console.ConsoleLauncher engines >/dev/null 2>&1; then
    junit="$(sed -n 's:.*<junit.version>5\.\(.*\)</junit.version>.*:1.\1:p' "$home/pom.xml")"
    (cd "$home" && ./mvnw -q -B dependency:copy -N "-DoutputDirectory=$bundle/test" \
        "-Dartifact=org.junit.platform:junit-platform-console-standalone:$junit")
fi

stage() { # name, expected exit status; unpacks what it left to $work/name
    local code=0
    "$bundle/gpu-check.sh" "$1" --out "$work/results" --data "$work/data" >"$work/$1.txt" 2>&1 || code=$?
    [ "$code" -eq "$2" ] || fail "stage $1 ended with $code, expected $2: $(grep -v '^-- .* passed' "$work/$1.txt" | tail -n 12)"
    [ -f "$work/results/$1.tar.gz" ] || fail "stage $1 left no archive"
    mkdir "$work/$1"
    tar -C "$work/$1" -xzf "$work/results/$1.tar.gz"
    [ -s "$work/$1/results.txt" ] && [ -s "$work/$1/gpu.md" ] || fail "stage $1 left no results"
    printf 'gpu-check rehearsal: stage %s\n' "$1"
}

for name in first reproduce autotune sanitizers sessions; do
    stage "$name" 0
done
grep -q 'emulated device' "$work/first/doctor.log" || fail "doctor did not find the emulated device"
grep -q '^| copy | ' "$work/first/gpu.md" || fail "the kernels' table is not there"
[ -s "$work/autotune/inference-autotuned.csv" ] || fail "the rows of the autotuned inference are not there"
if "$AMBISPIKE_PEERS_PYTHON" -c 'import torch' 2>/dev/null; then
    stage peers 0
    grep -q '^| inference | PyTorch ' "$work/peers/gpu.md" || fail "PyTorch's inference is not in the table"
    grep -q '^| training step | PyTorch ' "$work/peers/gpu.md" || fail "PyTorch's training step is not in the table"
else
    printf 'gpu-check rehearsal: %s has no PyTorch, the peers are not rehearsed\n' "$AMBISPIKE_PEERS_PYTHON" >&2
    stage peers 1
fi
grep -q '^ambispike,2,2,' "$work/peers/training.log" || fail "our training step was not measured"
AMBISPIKE_STAGE_SECONDS=60 stage contracts 1
grep -q 'SIGSEGV' "$work/contracts/CrashTest-crash.log" || fail "what the crash left is not there"
grep -q 'Full thread dump' "$work/contracts/ZzHangTest.log" || fail "the threads of the Java that hung are not there"
grep -q -- '-- CrashTest: FAILED' "$work/contracts/results.txt" || fail "the crash is not told"
grep -q -- '-- PoolTest: passed' "$work/contracts/results.txt" || fail "the class after the crash did not pass"
[ "$(find "$work/results" -type f | wc -l)" -eq 7 ] || fail "more than an archive a stage: $(ls -A "$work/results")"
if "$bundle/gpu-check.sh" unknown >/dev/null 2>&1; then fail "an unknown stage is taken"; fi
for number in 1 2 3 4 5 6 7; do
    command="$("$home/build-scripts/gpu-stage.sh" "$number")"
    (cd "$work" && OUT="$work/again" bash -n -c "$command") || fail "the command of stage $number is no command"
done
printf 'gpu-check rehearsal: seven stages, a crash and a hang: the evidence came back\n'
