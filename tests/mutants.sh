#!/usr/bin/env bash
# Damages files of every kind that is read, and prints by kind how many were still read and how many refused. Usage:
#
#   mutants.sh [MUTANTS]
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
exec ./mvnw -q -B -pl tests -am test -Dtest=MutantsTest -Dsurefire.failIfNoSpecifiedTests=false \
    -Dspotless.check.skip=true -Dambispike.mutants="${1:-100000}"
