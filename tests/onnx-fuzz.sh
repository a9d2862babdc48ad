#!/usr/bin/env bash
# Compares random ONNX networks, and mutants of them, with ONNX Runtime, and prints how many of each there were. Usage:
#
#   onnx-fuzz.sh [NETWORKS [MUTANTS]]
set -euo pipefail
root="$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)"
cd "$root"
exec ./mvnw -q -B -pl tests -am test -Dtest=RandomOnnxNetworksTest -Dsurefire.failIfNoSpecifiedTests=false \
    -Dspotless.check.skip=true -Dambispike.onnx.networks="${1:-300}" -Dambispike.onnx.mutants="${2:-2000}"
