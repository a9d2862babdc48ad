package org.ambispike.graph;

/**
 * A graph and the weights that it computes with. Immutable as far as users of {@link Weights} keep to it.
 *
 * @param weights at least those that the graph names
 */
public record Network(Graph graph, Weights weights) {}
