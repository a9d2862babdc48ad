/**
 * Speed and memory measured against floors: the machine's own copy bandwidth for kernels, the sum of oneDNN's primitives
 * for whole networks, the forecast for memory. {@link org.ambispike.bench.Floors} and {@link
 * org.ambispike.bench.Memory} print tables; the JMH benchmarks time the same work one piece at a time.
 */
package org.ambispike.bench;
