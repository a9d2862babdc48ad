/**
 * Plans the steps and the memory of a graph, and runs it forward and backward on a backend. It may use graph and
 * backend, and must not read files or data sets.
 */
package org.ambispike.exec;
