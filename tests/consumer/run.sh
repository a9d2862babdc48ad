#!/usr/bin/env bash
# Installs Ambispike into a throw-away local repository, builds the sample project against it offline, runs it with
# nothing but the JDK, and compares the logits with those of a reference and the accuracy with the command line's.
# Libraries and plugins of others come from the local repository that the build of Ambispike has filled.
# Usage: tests/consumer/run.sh FOLDER-OF-FASHION-MNIST
set -euo pipefail

home=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)
sample=$home/tests/consumer
data=$(readlink -f "${1:?usage: tests/consumer/run.sh FOLDER-OF-FASHION-MNIST}")
steps=4

export OMP_WAIT_POLICY=PASSIVE
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    printf 'consumer: %s\n' "$1" >&2
    exit 1
}

maven() { # folder of the project, then arguments
    (cd "$1" && "$home/mvnw" -q -B "-Dmaven.repo.local=$work/repository" \
        "-Dmaven.repo.local.tail=${AMBISPIKE_REPOSITORY:-$HOME/.m2/repository}" \
        -Dmaven.repo.local.tail.ignoreAvailability=true "${@:2}") || fail "Maven failed in $1, see above"
}

maven "$home" -pl java/core -am install -DskipTests -Dspotless.check.skip=true -Dmaven.javadoc.skip=true
version=$(sed -n 's/^version=//p' "$home/java/core/target/version-resources/META-INF/ambispike/version.properties")
installed=$work/repository/org/ambispike/ambispike/$version
for file in "ambispike-$version.jar" "ambispike-$version-linux-x86_64.jar" "ambispike-$version-sources.jar"; do
    [[ -f $installed/$file ]] || fail "the installation lacks $file"
done

# A copy, so that nothing of this source tree is above it.
cp -r "$sample" "$work/sample"
rm -rf "$work/sample/target"
maven "$work/sample" -o compile "-Dambispike.version=$version"
! tr : '\n' <"$work/sample/target/classpath" | grep -E 'picocli|progressbar|slf4j-simple|jhdf|tribuo|protobuf|jetty|prometheus|databind|bytedeco/cuda/' ||
    fail "a dependency of another module reaches a program that embeds the library"

java=java
[[ -z ${JAVA_HOME:-} ]] || java=$JAVA_HOME/bin/java
"$java" -cp "$work/sample/target/classes:$(<"$work/sample/target/classpath")" org.example.Classify \
    "$sample/model.safetensors" "$data" "$steps" >"$work/printed" || fail "the sample project failed"
cat "$work/printed"

grep '^logits ' "$work/printed" | paste -d ' ' - "$sample/expected-logits.txt" | awk '
    { count = (NF - 2) / 2
      for (i = 2; i <= count + 1; i++) {
          difference = $i - $(i + count + 1)
          if (difference < 0) difference = -difference
          if (!(difference < 1e-4)) bad = 1
      } }
    END { exit bad || NR != 3 || count != 10 }' || fail "the logits differ from those of expected-logits.txt"

"$home/ambispike" evaluate "$sample/model.safetensors" --T "$steps" --data "$data" --out "$work" --quiet \
    --json "$work/accuracy.json" >/dev/null
expected=$(sed -n 's/.*"accuracy" *: *\([0-9.]*\).*/accuracy \1/p' "$work/accuracy.json")
[[ -n $expected && $(grep '^accuracy ' "$work/printed") == "$expected" ]] ||
    fail "the command line says $expected"
printf 'consumer: the logits and the accuracy are those expected\n'
