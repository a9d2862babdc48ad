#!/usr/bin/env bash
# Renews java/core/api/baseline.jar, with which the build compares the library's API: the classes of the exported packages
# as the library's jar holds them, without the bodies of their methods. Run it when the API was changed on purpose.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

./mvnw -q -B -pl java/core -am package -DskipTests -Dspotless.check.skip=true -Dmaven.javadoc.skip=true
./mvnw -q -B -N dependency:copy -Dartifact=org.javassist:javassist:3.30.2-GA "-DoutputDirectory=$work" -Dmdep.stripVersion
tools=${JAVA_HOME:+$JAVA_HOME/bin/}
# Exports to everyone; those to our own modules are called qualified.
mapfile -t packages < <("${tools}jar" --describe-module --file java/core/target/ambispike.jar | sed -n 's/^exports //p')
"${tools}java" -cp "$work/javassist.jar" build-scripts/ApiBaseline.java java/core/target/ambispike.jar "$work/baseline.jar" \
    "${packages[@]}"
mkdir -p java/core/api
mv "$work/baseline.jar" java/core/api/
