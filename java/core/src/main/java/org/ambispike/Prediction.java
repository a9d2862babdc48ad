package org.ambispike;

/**
 * A class, and how sure a network is of it.
 *
 * @param index of the class, from 0
 * @param label its name; its number where the model has no names
 * @param probability by the softmax of the logits, in [0, 1]
 */
public record Prediction(int index, String label, double probability) {}
