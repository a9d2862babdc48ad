#!/usr/bin/env bash
# Generates and compiles the JavaCPP binding of the CPU kernels. Called by java/pom.xml with the class path of the
# dependencies. Leaves Kernels.java under java/target/generated-sources/javacpp, and the libraries under
# java/target/native-resources, laid out as in the jar of natives. Does nothing when nothing changed.
set -euo pipefail
class_path="${1:?usage: build-binding.sh CLASS_PATH}"
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
target="$root/java/target"
package=org/ambispike/backend/cpu
configuration="$root/java/src/main/java/$package/KernelsConfig.java"
loader="$root/java/src/main/java/$package/KernelsLoader.java"
libraries="$root/java/src/main/java/$package/KernelLibraries.java"
header="$root/native/include/ambispike/kernels.h"
platform=linux-x86_64
generated="$target/generated-sources/javacpp"
resources="$target/native-resources/$package/$platform"
java_home="${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")}"

"$root/build-scripts/build-native.sh"
mkdir -p "$resources" "$generated"
# Where builds before the jar of natives left them, and where they would still be found first.
rm -rf "$target/classes/$package/$platform"
cmp -s "$target/native/libambispike.so" "$resources/libambispike.so" ||
    cp "$target/native/libambispike.so" "$resources/libambispike.so"

stamp="$({ echo "$class_path $java_home"; cat "${BASH_SOURCE[0]}" "$configuration" "$loader" "$libraries" "$header"; } | sha256sum)"
if [ -f "$resources/libjniKernels.so" ] && [ -f "$generated/$package/Kernels.java" ] &&
    [ "$(cat "$target/native/binding-stamp" 2>/dev/null)" = "$stamp" ]; then
    exit 0
fi

work="$target/native/binding"
rm -rf "$work"
mkdir -p "$work/classes"
javacpp=("$java_home/bin/java" -Dorg.bytedeco.javacpp.logger.debug=false -cp "$work/classes:$class_path"
    org.bytedeco.javacpp.tools.Builder -classpath "$work/classes"
    -Dplatform="$platform" -Dplatform.includepath="$root/native/include" -Xcompiler "-L$target/native")
run() { # keeps a tool quiet unless it fails
    "$@" >"$work/log" 2>&1 || {
        cat "$work/log" >&2
        echo "build-binding: '${*: -1}' failed, see above" >&2
        exit 1
    }
}
run "$java_home/bin/javac" -proc:none -cp "$class_path" -d "$work/classes" "$configuration" "$loader" "$libraries"
run "${javacpp[@]}" -nodelete -d "$generated" org.ambispike.backend.cpu.KernelsConfig
run "$java_home/bin/javac" -proc:none -nowarn -cp "$work/classes:$class_path" -d "$work/classes" \
    "$generated/$package/Kernels.java"
run "${javacpp[@]}" -d "$work/jni" org.ambispike.backend.cpu.Kernels
cp "$work/jni/libjniKernels.so" "$resources/"
echo "$stamp" >"$target/native/binding-stamp"
