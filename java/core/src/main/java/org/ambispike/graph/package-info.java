/**
 * Describes what a network is: shapes, operations, nodes, neurons and weights, all immutable. It must not use other
 * packages than those at the bottom, and computes nothing.
 */
package org.ambispike.graph;
