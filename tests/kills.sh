#!/usr/bin/env bash
# Kills runs from end to end at random moments of every stage, resumes them, and compares all models to the byte. Usage:
#
#   kills.sh [KILLS [SEED]]
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
exec ./mvnw -q -B -pl tests -am test -Dtest=KillCampaignTest -Dsurefire.failIfNoSpecifiedTests=false \
    -Dspotless.check.skip=true -Dambispike.kills="${1:-50}" -Dambispike.kills.seed="${2:-1}"
