/**
 * Describes what a network is: shapes, operations, nodes, neurons and weights, all immutable. It uses nothing of ours but common,
 * and runs nothing.
 */
package org.ambispike.graph;
