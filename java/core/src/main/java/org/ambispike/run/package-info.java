/**
 * Runs images through executors: the insides of sessions, one runner for whole data sets, and observers of logits, rates
 * and traces. It may use exec, data and io, and must not change a network.
 */
package org.ambispike.run;
