#!/usr/bin/env bash
# Measures Spark against one JVM on Fashion-MNIST, in one run. "images": 60,000 images through local[2] and through one JVM with
# two sessions. "calibration": on two executors against one machine after as many images, for several seeds, the time of a round on
# one and two executors, and a forecast for 16 and 64.
# Usage: build-scripts/spark-bench.sh FOLDER-OF-FASHION-MNIST images [TURNS] | calibration [ROUNDS [SEEDS]]
set -euo pipefail
home=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
data=$(readlink -f "${1:?usage: spark-bench.sh FOLDER-OF-FASHION-MNIST images [TURNS] | calibration [ROUNDS [SEEDS]]}")
module=$home/java/spark

(cd "$home" && ./mvnw -q -B -Pcluster -pl java/spark -am process-test-classes dependency:build-classpath \
    -Dmdep.outputFile="$module/target/classpath" -Dspotless.check.skip=true)
# What Maven's reactor puts first: classes of the modules rather than jars of an installation.
ours=$module/target/test-classes:$module/target/classes:$home/java/core/target/classes:$home/java/paper/target/classes
mapfile -t opens < <(grep -oE -- '--add-opens=[a-z./]+=ALL-UNNAMED' "$module/pom.xml")
export SPARK_HOME=$module/target/spark-home SPARK_SCALA_VERSION=2.13 SPARK_LOCAL_IP=127.0.0.1 OMP_WAIT_POLICY=PASSIVE
"${JAVA_HOME:+$JAVA_HOME/bin/}java" -Xmx3g "${opens[@]}" \
    "-Dlog4j2.configurationFile=$module/src/test/resources/log4j2.properties" \
    -cp "$ours:$home/java/target/native-resources:$(<"$module/target/classpath")" \
    org.ambispike.spark.SparkBenchmark "$data" "${@:2}"
