/** Measures accuracy, latency, throughput, memory and work of a network against T and batch, as an embedder sees them. */
package org.ambispike.latency;
