#!/usr/bin/env bash
# Installs Ambispike into a throw-away local repository, builds the sample project against it offline, and prints what it
# carries. Runs it with nothing but the JDK: on the class path, on the module path, and as an image that jlink made of its
# modules. Compares the logits of all three, those with a reference, and the accuracy with the command line's. Libraries and plugins of others come from the local repository that the build of Ambispike has filled.
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
IFS=: read -r -a jars <"$work/sample/target/classpath" || true # Maven ends no line
[[ $(stat -c %s "$installed/ambispike-$version.jar") -lt 1200000 ]] || fail "the jar of classes has 1,200 kB or more"

printf 'consumer: the jars of a program that embeds the library\n'
for jar in "${jars[@]}"; do
    printf '%6d kB  %s\n' "$((($(stat -c %s "$jar") + 500) / 1000))" "${jar##*/}"
done | sort -k 3
tools=${JAVA_HOME:+$JAVA_HOME/bin/}
foreign='org/ambispike/(cli|report|latency|serve|paper|onnx|nir|backend/cuda)|org/bytedeco/cuda|com/fasterxml/jackson/databind'
foreign+='|com/google/protobuf|org/tribuo|io/jhdf|io/prometheus|org/eclipse/jetty|picocli|me/tongfei|org/slf4j/simple'
for jar in "${jars[@]}"; do
    "${tools}jar" --list --file "$jar" >"$work/entries"
    ! grep -m 1 -E "^($foreign)/" "$work/entries" ||
        fail "${jar##*/} brings what no program that embeds the library needs"
done

run() { # way, then java and how it finds the program
    "$2" "-Dorg.bytedeco.javacpp.cachedir=$work/cache-$1" "${@:3}" "$sample/model.safetensors" "$data" "$steps" \
        >"$work/printed-$1" || fail "the sample project failed with the $1"
}

class_path=$work/sample/target/classes:$(<"$work/sample/target/classpath")
main=org.example.classify/org.example.Classify
run class-path "${tools}java" -cp "$class_path" org.example.Classify
run module-path "${tools}java" -p "$class_path" -m "$main"
"${tools}jlink" -p "$class_path" --add-modules org.example.classify --strip-debug --no-header-files --no-man-pages \
    --output "$work/image" || fail "jlink failed"
run image "$work/image/bin/java" -m "$main"
printed=$work/printed-class-path
cat "$printed"
for way in module-path image; do
    cmp "$printed" "$work/printed-$way" || fail "the $way gives other results than the class path"
done

modules=$("$work/image/bin/java" --list-modules | sed 's/[@ ].*//' | grep -vE '^(java|jdk)\.' | sort | paste -sd ' ')
expected='com.fasterxml.jackson.core org.ambispike org.ambispike.linux.x86_64'
expected+=' org.bytedeco.dnnl org.bytedeco.dnnl.linux.x86_64 org.bytedeco.javacpp org.bytedeco.javacpp.linux.x86_64'
expected+=' org.bytedeco.opencl org.bytedeco.opencl.linux.x86_64 org.example.classify org.slf4j'
[[ $modules == "$expected" ]] || fail "the image holds the modules $modules rather than $expected"
printf 'consumer: the image has %d MB\n' "$(du -s --block-size=1MB "$work/image" | cut -f 1)"

grep '^logits ' "$printed" | paste -d ' ' - "$sample/expected-logits.txt" | awk '
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
[[ -n $expected && $(grep '^accuracy ' "$printed") == "$expected" ]] ||
    fail "the command line says $expected"
printf 'consumer: the logits and the accuracy are those expected, on the class path, on the module path and as an image\n'
