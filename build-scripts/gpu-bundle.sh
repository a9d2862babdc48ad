#!/usr/bin/env bash
# Makes one archive that runs Ambispike and its GPU check on an x86-64 Linux with an NVIDIA driver of version 580 or
# newer, the CUDA 13 libraries and cuDNN 9, and nothing else: a Java runtime, the jars, the kernels, the tests of the GPU
# and its benchmarks. Usage:
#
#   gpu-bundle.sh [--architectures LIST] [ARCHIVE]
#
# LIST as in build-cuda.sh, default 90. ARCHIVE defaults to java/target/ambispike-gpu.tar.xz, and has less than 60 MB.
# gpu-stage.sh prints what to run there. Fashion-MNIST, for the stage that reproduces Net4, goes there by itself, as the folder
# fashion-mnist.
set -euo pipefail
root="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)"
readonly MOST_BYTES=60000000
# the one that the tests were compiled with
junit="$(sed -n 's:.*<junit.version>5\.\(.*\)</junit.version>.*:1.\1:p' "$root/pom.xml")"
readonly JUNIT_CONSOLE=org.junit.platform:junit-platform-console-standalone:$junit
architectures=90
archive="$root/java/target/ambispike-gpu.tar.xz"

die() {
    printf 'gpu-bundle: %s\n' "$1" >&2
    exit "${2:-1}"
}

while [ $# -gt 0 ]; do
    case $1 in
    --architectures)
        [ $# -ge 2 ] || die "$1 needs a value" 2
        architectures=$2
        shift 2
        ;;
    -h | --help)
        sed -n '2,/^set /{/^set /d;s/^# \{0,1\}//;p}' "${BASH_SOURCE[0]}"
        exit 0
        ;;
    -*) die "unknown option $1; see --help" 2 ;;
    *)
        archive=$1
        shift
        ;;
    esac
done
java_home="${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")}"
[ -x "$java_home/bin/jlink" ] || die "no jlink in $java_home; install a whole JDK"
command -v nvcc >/dev/null || [ -x /usr/local/cuda/bin/nvcc ] || die "no nvcc: a bundle without kernels is of no use"
nvcc="$(command -v nvcc || echo /usr/local/cuda/bin/nvcc)"

cd "$root"
export AMBISPIKE_CUDA_ARCHITECTURES="$architectures"
./mvnw -q -B -Pcuda -pl tests,bench -am -DskipTests -Dspotless.check.skip=true package \
    dependency:build-classpath -Dmdep.includeScope=test -Dmdep.outputFile=target/test-classpath

work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
bundle="$work/ambispike-gpu"
mkdir -p "$bundle/lib"
repack() { # from to
    local folder
    folder="$(mktemp -d "$work/jar-XXXXXX")"
    (cd "$folder" && "$java_home/bin/jar" xf "$1" &&
        rm -rf org/bytedeco/*/linux-x86_64/include &&
        find . -path '*/bytedeco/cuda/linux-x86_64/*.so' ! -name 'libjnicud*' ! -name libjnicublas.so -delete &&
        "$java_home/bin/jar" c0fM "$2" .)
    rm -rf "$folder"
}
for jar in java/*/target/ambispike*.jar; do
    case $jar in
    *-sources.jar | *-javadoc.jar) ;;
    *) repack "$root/$jar" "$bundle/lib/${jar##*/}" ;;
    esac
done
# Maven writes no end of line, which read takes for a failure.
IFS=: read -r -a jars <tests/target/test-classpath || true
for jar in "${jars[@]}"; do
    case $jar in
    # The console brings its own JUnit; the rest is for what the tests of the GPU do not use.
    */org/junit/* | */net/bytebuddy/* | */com/tngtech/* | */net/jqwik/* | */target/* | */com/code-intelligence/* | */onnxruntime/*) ;;
    # Stored rather than compressed: the archive as a whole compresses better.
    *) repack "$jar" "$bundle/lib/${jar##*/}" ;;
    esac
done
./mvnw -q -B dependency:copy -N "-Dartifact=$JUNIT_CONSOLE" "-DoutputDirectory=$bundle/test"
cp -r tests/target/test-classes "$bundle/test/classes"
mkdir -p "$bundle/bench/org/ambispike" && cp -r bench/target/classes/org/ambispike/bench "$bundle/bench/org/ambispike/"
"$nvcc" -std=c++17 -O3 -cudart static -arch=sm_80 -Inative/include -Icuda/include -o "$bundle/kernel_bench" \
    bench/cuda/kernel_bench.cu java/target/cuda/libambispike_cuda.so -Xlinker '-rpath=$ORIGIN'
cp java/target/cuda/libambispike_cuda.so "$bundle/"
cp build-scripts/gpu-check.sh "$bundle/"
mkdir "$bundle/peers" && cp bench/peers/{gpu,network}.py "$bundle/peers/"
git describe --always --dirty --abbrev=10 --exclude '*' >"$bundle/COMMIT" 2>/dev/null || echo unknown >"$bundle/COMMIT"
"$java_home/bin/jlink" --strip-debug --no-header-files --no-man-pages --output "$bundle/runtime" \
    --add-modules java.base,java.desktop,java.logging,java.management,java.xml,jdk.unsupported

# Whatever this machine lacks, the bundle must lack nothing of its own.
doctor="$("$bundle/runtime/bin/java" -cp "$bundle/lib/*" org.ambispike.cli.Main doctor)"
if ! grep -q '^  CUDA backend ' <<<"$doctor" || grep -q 'this build has no' <<<"$doctor"; then
    die "the bundle is not whole; its doctor says:"$'\n'"$doctor"
fi

mkdir -p "$(dirname "$archive")"
tar -C "$work" -c ambispike-gpu | xz --lzma2=preset=3,dict=64MiB >"$archive.part"
bytes="$(stat -c %s "$archive.part")"
[ "$bytes" -lt "$MOST_BYTES" ] || die "the archive has $bytes bytes, more than $MOST_BYTES: what made it grow?"
mv "$archive.part" "$archive"
printf 'gpu-bundle: %s, %s bytes\n' "$archive" "$bytes"
