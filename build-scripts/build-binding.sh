#!/usr/bin/env bash
# Builds the kernels of one device, and generates and compiles their JavaCPP binding. Called by java/core and java/cuda with
# the class path of their dependencies. Leaves Kernels.java and KernelTable.java, or CudaKernels.java, under
# java/target/generated-sources/DEVICE, and the libraries and a module-info under java/target/native-resources or
# native-resources-cuda, laid out as in the jars of natives; for another platform than this machine's, all of that under
# java/target/PLATFORM. Does nothing when nothing changed.
set -euo pipefail
usage='usage: build-binding.sh cpu|cuda CLASS_PATH [PLATFORM]'
device="${1:?$usage}"
class_path="${2:?$usage}"
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
target="$root/java/target"
case $(uname -s)-$(uname -m) in
Linux-aarch64) here=linux-arm64 ;;
Darwin-arm64) here=macosx-arm64 ;;
*) here=linux-x86_64 ;;
esac
platform="${3:-$here}"
[ "$platform" = "$here" ] || target="$target/$platform"
prefix=lib suffix=.so
cross=() # how JavaCPP compiles for another platform
case $platform in
linux-arm64) [ "$here" = linux-arm64 ] || cross=(-Dplatform.compiler="${CXX:-aarch64-linux-gnu-g++}") ;;
macosx-*) suffix=.dylib ;;
windows-*)
    prefix='' suffix=.dll
    cross=(-Dplatform.compiler="${CXX:-x86_64-w64-mingw32-g++}")
    ;;
esac
generated="$target/generated-sources/$device"
java_home="${JAVA_HOME:-$(dirname "$(dirname "$(readlink -f "$(command -v javac)")")")}"

run() { # keeps a tool quiet unless it fails
    "$@" >"$work/log" 2>&1 || {
        cat "$work/log" >&2
        echo "build-binding: '${*: -1}' failed, see above" >&2
        exit 1
    }
}

# Puts a library into the jar's folders, or takes it out where it was not built.
provide() { # library package folder-of-the-jar
    local resources="$target/$3/$2/$platform"
    mkdir -p "$resources"
    if [ -f "$1" ]; then
        cmp -s "$1" "$resources/${1##*/}" || cp "$1" "$resources/"
    else
        rm -f "$resources/${1##*/}"
    fi
}

bind() { # class package folder-of-the-jar include-folders linked-folder inputs...
    local class="$1" package="$2" includes="$4" linked="$5"
    local resources="$target/$3/$package/$platform"
    shift 5
    local name="${package//\//.}" stamp
    local stamp_file="$linked/binding-stamp"
    stamp="$({ echo "$class_path $java_home"; cat "${BASH_SOURCE[0]}" "$@"; } | sha256sum)"
    mkdir -p "$resources" "$generated"
    if [ -f "$resources/${prefix}jni$class$suffix" ] && [ -f "$generated/$package/$class.java" ] &&
        [ "$(cat "$stamp_file" 2>/dev/null)" = "$stamp" ]; then
        return
    fi
    local java_inputs=() input
    for input in "$@"; do
        [[ "$input" != *.java ]] || java_inputs+=("$input")
    done
    work="$linked/binding"
    rm -rf "$work" "${generated:?}/$package"
    mkdir -p "$work/classes"
    local javacpp=("$java_home/bin/java" -Dorg.bytedeco.javacpp.logger.debug=false -cp "$work/classes:$class_path"
        org.bytedeco.javacpp.tools.Builder -classpath "$work/classes"
        -properties "$platform" -Dplatform="$platform" "${cross[@]}" -Dplatform.includepath="$includes" -Xcompiler "-L$linked")
    run "$java_home/bin/javac" -proc:none -cp "$class_path" -d "$work/classes" "${java_inputs[@]}"
    run "${javacpp[@]}" -nodelete -d "$generated" "$name.${class}Config"
    run "$java_home/bin/javac" -proc:none -nowarn -cp "$work/classes:$class_path" -d "$work/classes" \
        "$generated/$package"/*.java
    local classes=("$generated/$package"/*.java)
    classes=("${classes[@]##*/}")
    classes=("${classes[@]%.java}")
    run "${javacpp[@]}" -d "$work/jni" "${classes[@]/#/$name.}"
    cp "$work/jni/${prefix}jni$class$suffix" "$resources/"
    echo "$stamp" >"$stamp_file"
}

# Makes the jar of natives a module by name: jlink refuses automatic ones. The source is that of linux-x86_64.
describe() { # folder-of-the-jar source
    local compiled="$target/$1/module-info.class"
    local source="$target/$1-module/module-info.java"
    [ "$compiled" -nt "$2" ] || {
        mkdir -p "${source%/*}"
        sed "s/linux\.x86_64/${platform/-/.}/" "$2" >"$source"
        "$java_home/bin/javac" --release 17 -proc:none --module-path "$class_path" -d "$target/$1" "$source"
        rm -r "${source%/*}"
    }
}

package=org/ambispike/backend/$device
codes="$root/native/include/ambispike/codes.h"

build_cpu() {
    local sources="$root/java/core/src/main/java/$package"
    "$root/build-scripts/build-native.sh" "$platform" "$target/native"
    provide "$target/native/${prefix}ambispike$suffix" "$package" native-resources
    bind Kernels "$package" native-resources "$root/native/include" "$target/native" \
        "$sources/KernelsConfig.java" "$sources/KernelsLoader.java" "$sources/KernelLibraries.java" "$codes" \
        "$root/native/include/ambispike/kernels.h"
    describe native-resources "$root/java/core/src/main/natives/module-info.java"
}

build_cuda() {
    "$root/build-scripts/build-cuda.sh"
    provide "$target/cuda/libambispike_cuda.so" "$package" native-resources-cuda
    # Functions without bodies to link the binding with: so it can be made, and be the same, without nvcc.
    local stub="$target/cuda/stub" header="$root/cuda/include/ambispike/cuda_kernels.h"
    mkdir -p "$stub"
    grep -oE '\bambi_cuda_[a-z0-9_]+\(' "$header" | LC_ALL=C sort -u | sed 's/.*/void &void) {}/' |
        "${CC:-${CXX:-g++}}" -shared -fPIC -x c - -Wl,-soname,libambispike_cuda.so -o "$stub/libambispike_cuda.so"
    bind CudaKernels "$package" native-resources-cuda "$root/native/include:$root/cuda/include" "$stub" \
        "$root/java/cuda/src/main/java/$package/CudaKernelsConfig.java" "$codes" "$root/native/include/ambispike/kernels.h" \
        "$header"
    describe native-resources-cuda "$root/java/cuda/src/main/natives/module-info.java"
}

case $device in
cpu | cuda) "build_$device" ;;
*)
    echo "build-binding: no device '$device'; $usage" >&2
    exit 2
    ;;
esac
