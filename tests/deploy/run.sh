#!/usr/bin/env bash
# Installs Ambispike into a throw-away local repository, and builds and runs the projects of docs/deploy.md against it: one jar
# (shaded), also as a container would with a read-only file system, no rights and no cache, and on newer Javas where
# tests/jdks.sh put them; a REST service with Spring Boot. Says how long the first answer took.
# Usage: tests/deploy/run.sh
set -euo pipefail

home=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)
model=$home/tests/consumer/model.safetensors
export OMP_WAIT_POLICY=PASSIVE
work=$(mktemp -d)
service=
trap '[[ -z $service ]] || kill "$service" 2>/dev/null; rm -rf "$work"' EXIT

fail() {
    printf 'deploy: %s\n' "$1" >&2
    exit 1
}

maven() { # folder of the project, then arguments
    (cd "$1" && "$home/mvnw" -q -B "-Dmaven.repo.local=$work/repository" \
        "-Dmaven.repo.local.tail=${AMBISPIKE_REPOSITORY:-$HOME/.m2/repository}" \
        -Dmaven.repo.local.tail.ignoreAvailability=true "${@:2}") || fail "Maven failed in $1, see above"
}

answers() { # what, then a command
    printed=$("${@:2}") || fail "$1 failed"
    grep -q '^answer [A-Z]' <<<"$printed" || fail "$1 gave no answer: $printed"
    answer=${answer:-$(sed -n 's/^answer //p' <<<"$printed")}
    grep -q "^answer $answer\$" <<<"$printed" || fail "$1 answers otherwise: $printed"
    printf 'deploy: %s: %s\n' "$1" "$(paste -sd ',' <<<"$printed" | sed 's/,/, /g')"
}

maven "$home" -pl java/core,java/micrometer -am install -DskipTests -Dspotless.check.skip=true -Dmaven.javadoc.skip=true \
    ${AMBISPIKE_MAVEN:-}
for project in shaded spring; do
    cp -r "$home/tests/deploy/$project" "$work/$project"
    maven "$work/$project" package
done

jar=$work/shaded/target/classify.jar
answers 'one jar, libraries extracted' java "-Dorg.bytedeco.javacpp.cachedir=$work/cache" -jar "$jar" "$model"
answers 'one jar' java -XX:+UseSerialGC "-Dorg.bytedeco.javacpp.cachedir=$work/cache" -jar "$jar" "$model"
[[ $(sed -n 's/^of processors \([0-9]*\) ms$/\1/p' <<<"$printed") -le 1500 ]] || fail 'a first answer takes more than 1.5 s of processors'
for release in 21 25; do
    other=$HOME/.cache/ambispike/jdk/java-$release/bin/java
    [[ -x $other ]] || continue
    answers "one jar, Java $release" "$other" "-Dorg.bytedeco.javacpp.cachedir=$work/cache" -jar "$jar" "$model" \
        2>"$work/warnings"
    ! grep -i 'native access' "$work/warnings" || fail "Java $release warns of native access in spite of the manifest"
done

# What the Dockerfile copies; all else is read-only, and nothing can be extracted anywhere.
mkdir -p "$work/app/natives"
cp "$jar" "$model" "$home/tests/deploy/Dockerfile" "$work/app"
unzip -q -o -j "$jar" '*.so' '*.so.[0-9]*' -d "$work/app/natives"
chmod -R a+rX "$work"
away=(-Duser.home=/proc/none -Djava.io.tmpdir=/proc/none "-Dambispike.natives=$work/app/natives")
sealed='mount -o remount,bind,ro / && exec "$@"'
if unshare -m sh -c "$sealed" sh setpriv --reuid=65534 --clear-groups true 2>/dev/null; then
    answers 'read-only, as nobody, without rights' unshare -m sh -c "$sealed" sh \
        setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all \
        java "${away[@]}" -jar "$work/app/classify.jar" "$model"
else
    printf 'deploy: no file system can be made read-only here; nothing is extracted, that is all\n'
    answers 'without a cache' java "${away[@]}" -jar "$work/app/classify.jar" "$model"
fi

java -jar "$work/spring/target/service.jar" "--model=$model" --server.port=0 \
    --management.endpoints.web.exposure.include=metrics >"$work/service" 2>&1 &
service=$!
for _ in $(seq 120); do
    port=$(sed -n 's/.*Tomcat started on port \([0-9]*\).*/\1/p' "$work/service")
    [[ -z $port ]] || break
    kill -0 "$service" 2>/dev/null || break
    sleep 1
done
[[ -n ${port:-} ]] || fail "the service did not start: $(tail -n 20 "$work/service")"
# a grey picture of 1x1 pixels
base64 -d >"$work/grey.png" <<<'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg=='
predictions=$(curl -sSf --data-binary "@$work/grey.png" -H 'Content-Type: image/png' "http://127.0.0.1:$port/classify") ||
    fail "the service failed: $(tail -n 20 "$work/service")"
grep -q "\"label\":\"$answer\"" <<<"$predictions" || fail "the service answers $predictions"
curl -sSf "http://127.0.0.1:$port/actuator/metrics/ambispike.images" | grep -q '"value":[1-9]' ||
    fail 'the service counts no images'
printf 'deploy: Spring Boot: %s\n' "$predictions"
kill "$service"
wait "$service" || true
service=
