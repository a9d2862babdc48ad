#!/usr/bin/env bash
# Makes a release twice, from two copies of the source, signed with a throw-away key, and looks at what Maven Central wants:
# of each artifact the jar, sources, Javadoc, POM with its metadata and SBOM, each with a signature that gpg finds good; the
# same bytes both times. Usage: tests/release.sh [MODULES], for example java/core,java/bom; all that is published otherwise.
set -euo pipefail
home=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
modules=${1:-java/bom,java/core,java/cuda,java/exchange,java/serve,java/micrometer,java/paper,java/spark,java/cli}
work=$(mktemp -d)
trap 'gpgconf --homedir "$work/gpg" --kill gpg-agent 2>/dev/null || true; rm -rf "$work"' EXIT

fail() {
    printf 'release: %s\n' "$1" >&2
    exit 1
}

mkdir -m 700 "$work/gpg"
export GNUPGHOME=$work/gpg
gpg --batch --quiet --passphrase '' --quick-generate-key 'Ambispike test <test@ambispike.invalid>' rsa2048 sign 1d 2>/dev/null ||
    fail 'gpg makes no key; install gnupg'
MAVEN_GPG_KEY=$(gpg --batch --armor --export-secret-keys 2>/dev/null)
export MAVEN_GPG_KEY

for turn in one two; do
    git clone -q --no-hardlinks "$home" "$work/$turn"
    (cd "$work/$turn" && ./mvnw -q -B -Prelease,linux-arm64 -pl "$modules" -am install -DskipTests \
        "-Dmaven.repo.local=$work/$turn/repository" "-Dmaven.repo.local.tail=${AMBISPIKE_REPOSITORY:-$HOME/.m2/repository}" \
        -Dmaven.repo.local.tail.ignoreAvailability=true -Djapicmp.skip=true) || fail "Maven failed, see above"
done

count=0
while read -r pom; do
    base=${pom%.pom}
    files=("$pom")
    if ! grep -q '<packaging>pom</packaging>' "$pom"; then
        files+=("$base.jar" "$base-sources.jar" "$base-javadoc.jar" "$base-cyclonedx.json")
    fi
    for classified in "$base"-linux-*.jar; do
        [[ ! -f $classified ]] || files+=("$classified")
    done
    for file in "${files[@]}"; do
        [[ -f $file ]] || fail "${file##*/} is missing"
        gpg --batch --quiet --verify "$file.asc" "$file" 2>/dev/null || fail "${file##*/} has no good signature"
        cmp -s "$file" "${file/"$work/one"/"$work/two"}" || fail "${file##*/} is not the same when built twice"
        count=$((count + 1))
    done
done < <(find "$work/one/repository/org/ambispike" -name '*.pom' | sort)
[[ $count -gt 0 ]] || fail 'nothing was made'
for pom in "$home/pom.xml" "$home/java/bom/pom.xml"; do
    for element in name description url licenses developers scm; do
        grep -q "<$element>" "$pom" || fail "$pom has no <$element>"
    done
done
printf 'release: %d files, complete, signed, and the same to the byte when built twice\n' "$count"
