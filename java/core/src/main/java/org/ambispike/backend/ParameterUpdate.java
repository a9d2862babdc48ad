package org.ambispike.backend;

/**
 * How a range of parameters is updated, step by step.
 *
 * @param learningRate at its peak
 * @param decay decoupled weight decay (times the learning rate)
 * @param l2 weight of an L2 term, added to the gradient as 2 l2 w
 * @param logSpace the parameter is positive and updated by factors: the gradient is that of its logarithm
 */
public record ParameterUpdate(double learningRate, double decay, double l2, boolean logSpace) {}
