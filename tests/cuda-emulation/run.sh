#!/usr/bin/env bash
# Runs the command line on the CUDA backend without a GPU: its kernels compiled for the host, and what stands for cuDNN and
# cuBLAS beside them. Hundreds of times slower than a device; for results, not for times. Usage:
#
#   run.sh COMMAND... --device cuda
set -euo pipefail
root="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)"
target="$root/tests/target"
export OMP_WAIT_POLICY="${OMP_WAIT_POLICY:-PASSIVE}"

(cd "$root" && ./mvnw -q -B -pl tests -am -DskipTests -Dspotless.check.skip=true -Dmaven.javadoc.skip=true \
    -Dmaven.source.skip=true package dependency:build-classpath -Dmdep.includeScope=test \
    -Dmdep.outputFile="$target/test-classpath")
export LD_LIBRARY_PATH="$root/java/target/cuda/emulated"
exec java -Dorg.bytedeco.javacpp.pathsFirst=true \
    -cp "$root/java/target/native-resources:$root/java/target/native-resources-cuda:$(<"$target/test-classpath")" \
    org.ambispike.cli.Main "$@"
