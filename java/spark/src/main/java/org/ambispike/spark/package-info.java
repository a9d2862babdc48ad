/**
 * Ambispike on Spark: a Transformer that classifies images, sweeps over recipes and settings, and calibration that is spread over
 * executors. What runs on one machine is the library's own; here is only what shares work out, and nothing else may know Spark.
 */
package org.ambispike.spark;
