#!/usr/bin/env bash
# Builds the kernels for Linux on arm64 by the cross compiler, and runs under qemu-user with Debian's Java for arm64: the contract
# tests of the CPU backend, and the sample's network on 200 images, whose answers must be this machine's: those of the ANN that it
# tends to within 1e-5, classes of spiking networks but for one in a hundred, where a membrane lies on a threshold.
# Usage: tests/arm64/run.sh [CLASS-NAME-PATTERN of the tests]
set -euo pipefail
home=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)
pattern=${1:-'.*Test'}
target=$home/target/arm64
export OMP_WAIT_POLICY=PASSIVE

fail() {
    printf 'arm64: %s\n' "$1" >&2
    exit 1
}

"$home/build-scripts/arm64-java.sh" "$target/java"
(cd "$home" && ./mvnw -q -B -Plinux-arm64 -pl tests -am test-compile dependency:build-classpath -DskipTests \
    -Dspotless.check.skip=true -Dmdep.outputFile="$target/classpath") || fail 'Maven failed, see above'
jars=$(tr ':' '\n' <"$target/classpath" | grep '\.jar$' | grep -v '/org/ambispike/' | paste -sd :)
classes=$(printf "$home/java/%s/target/classes:" core cuda exchange serve paper cli examples)
kernels=$home/java/target/linux-arm64/native-resources
here=$home/java/target/native-resources

mkdir -p "$target/classes"
"${JAVA_HOME:+$JAVA_HOME/bin/}javac" -proc:none -d "$target/classes" -cp "$classes$jars" "$home/tests/arm64/Answers.java"
model=$home/tests/consumer/model.safetensors
"${JAVA_HOME:+$JAVA_HOME/bin/}java" -cp "$target/classes:$classes$here:$jars" Answers "$model" >"$target/here"
# what takes time under emulation is the second compiler of Java
emulated=("$target/java/bin/java" -Xmx2g -XX:TieredStopAtLevel=1 "-Dorg.bytedeco.javacpp.cachedir=$target/cache")
"${emulated[@]}" -cp "$target/classes:$classes$kernels:$jars" Answers "$model" >"$target/there"
paste -d ' ' "$target/here" "$target/there" | awk '
    $1 == "class" { images++; others += $2 != $4 }
    $1 == "ann" {
        difference = $2 - $4
        if (difference < 0) difference = -difference
        if (difference > largest) largest = difference
    }
    END {
        printf "arm64: %d of %d images have another class; ANNs differ by at most %.1e\n", others, images, largest
        exit !(images == 200 && others * 100 <= images && largest <= 1e-5)
    }' || fail 'the answers are not those of this machine'

"${emulated[@]}" -cp "$home/tests/target/test-classes:$classes$kernels:$jars" org.junit.platform.console.ConsoleLauncher \
    execute --select-package org.ambispike.contract \
    --select-class org.ambispike.train.CapturedStepTest --include-classname "$pattern" --include-engine junit-jupiter \
    --exclude-tag emulated --exclude-tag jazzer --details summary --disable-banner
for platform in linux-x86_64 linux-arm64; do
    du -ab --apparent-size "$home/java/target" | grep "/$platform/lib.*\.so$" | awk '{ printf "arm64: %6d kB  %s\n", $1 / 1000, $2 }'
done
