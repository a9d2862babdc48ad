package org.ambispike.train;

/**
 * What one training step came to.
 *
 * @param loss weighted sum of all terms
 * @param correct images whose largest logit is the label's; NaN where there are no logits
 */
public record StepLoss(double loss, double correct) {}
