#!/usr/bin/env bash
# Builds the benchmarks and runs them; see usage below.
set -euo pipefail
home=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)

usage() {
    cat <<'TEXT'
Usage: bench/run.sh [floors|inference|depthwise|gpu|memory|loader|soak|sessions|serve|forward|bptt|jmh] [options]

  floors   Kernels against the machine's copy bandwidth, whole steps against the sum of their oneDNN primitives.
           Writes bench/results/DEVICE/DATE-COMMIT.csv as well, unless told another file with --csv. The default.
  inference  Images a second by precision, T and batch, against the sum of the oneDNN primitives; CSV to standard output.
  depthwise  Depthwise layers against oneDNN's primitive alone, by precision and batch.
  gpu      VGG-16 on a GPU against its roofline, part by part; needs -Pcuda builds and a GPU (docs/gpu.md).
  memory   What executors take against what they forecast.
  loader   Training images a second that the loader gives, by augmentation and threads.
  soak     Many threads on a pool of sessions for a minute; every answer is compared, memory is printed.
  sessions Images a second of a pool, by its sessions and the threads that ask.
  serve    10,000 requests over HTTP from 16 connections: errors, latency, memory.
  forward  Seconds and memory that calibration without gradients takes for a ResNet-50 at 224 x 224.
  bptt     Images a second of a training step through time, by T.
  jmh      The JMH benchmarks, with short settings unless options say otherwise (-wi, -i, -f; a pattern chooses among
           them). Writes bench/results/DEVICE/DATE-COMMIT-jmh.csv, unless told another file with -rff.

Options go to the program; --help after its name prints them. Environment:
  AMBISPIKE_BENCH_DEVICE   DEVICE, the folder of results. Default: the processor's name and the number of cores.

Run on a machine that does nothing else.
Example: bench/run.sh floors --sections training --rounds 51 --markdown
TEXT
}

program=${1:-floors}
[[ $# -eq 0 ]] || shift
case $program in
    floors) main=org.ambispike.bench.Floors ;;
    inference) main=org.ambispike.bench.Inference ;;
    depthwise) main=org.ambispike.bench.Depthwise ;;
    gpu) main=org.ambispike.bench.GpuInference ;;
    memory) main=org.ambispike.bench.Memory ;;
    loader) main=org.ambispike.bench.Loader ;;
    soak) main=org.ambispike.bench.Soak ;;
    sessions) main=org.ambispike.bench.Sessions ;;
    serve) main=org.ambispike.bench.ServeLoad ;;
    forward) main=org.ambispike.bench.ForwardCalibrationRun ;;
    bptt) main=org.ambispike.bench.ThroughTime ;;
    jmh) main=org.openjdk.jmh.Main ;;
    -h | --help)
        usage
        exit 0
        ;;
    *)
        printf "bench/run.sh: no program '%s'; see bench/run.sh --help\n" "$program" >&2
        exit 2
        ;;
esac

# As the launcher has it. OpenMP threads that spin for long would be measured in place of the kernels; forks of JMH
# inherit this.
export OMP_WAIT_POLICY=PASSIVE GOMP_SPINCOUNT=${GOMP_SPINCOUNT:-5000}

"$home/build-scripts/bootstrap.sh"
(cd "$home" && ./mvnw -q -B -pl bench -am package -DskipTests -Dspotless.check.skip=true \
    -Dmaven.source.skip=true -Dmaven.javadoc.skip=true)

processor=$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1)
device=$(tr '[:upper:]' '[:lower:]' <<<"${processor:-$(uname -m)}" | sed 's/[^a-z0-9]\{1,\}/-/g; s/-$//')-$(nproc)-cores
results=$home/bench/results/${AMBISPIKE_BENCH_DEVICE:-$device}
commit=$(git -C "$home" describe --always --dirty --abbrev=7 2>/dev/null || echo unknown)
name=$results/$(date -u +%Y-%m-%d)-$commit

has_option() { # option, then arguments
    local wanted=$1 argument
    shift
    for argument; do
        [[ $argument != "$wanted" && $argument != "$wanted="* ]] || return 0
    done
    return 1
}

options=()
case $program in
    floors) has_option --csv "$@" || has_option --help "$@" || options=(--csv "$name.csv") ;;
    jmh)
        if ! has_option -h "$@"; then
            has_option -rff "$@" || { mkdir -p "$results" && options=(-rf csv -rff "$name-jmh.csv"); }
        fi
        ;;
esac

java=java
[[ -z ${JAVA_HOME:-} ]] || java=$JAVA_HOME/bin/java

# A heap of fixed size with all its pages in place: what grows while an executor runs is then the executor's.
exec "$java" -Xms512m -Xmx512m -XX:+AlwaysPreTouch -XX:+UseSerialGC \
    -Dorg.bytedeco.javacpp.maxBytes=0 -Dorg.bytedeco.javacpp.maxPhysicalBytes=0 \
    -Dorg.slf4j.simpleLogger.defaultLogLevel=warn \
    -cp "$home/bench/target/classes:$home/java/target/native-resources:$home/java/target/native-resources-cuda:$(<"$home/bench/target/classpath")" "$main" "${options[@]}" "$@"
