package org.ambispike.backend;

/**
 * One optimiser step on a range of parameters.
 *
 * @param learningRate of this step
 * @param decay decoupled weight decay (times the learning rate)
 * @param l2 weight of an L2 term, added to the gradient as 2 l2 w
 * @param gradientScale factor on the gradient, for clipping by norm
 * @param logSpace the parameter is positive and updated by factors: the gradient is that of its logarithm
 * @param step 1 for the first
 */
public record ParameterUpdate(
        double learningRate, double decay, double l2, double gradientScale, boolean logSpace, long step) {}
