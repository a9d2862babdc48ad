package org.ambispike.run;

/**
 * Accuracy of a spiking network whose images leave early.
 *
 * @param rule when an answer is settled, for example {@code margin=0.5}
 * @param timeSteps T, the most steps that an image may take
 * @param accuracy fraction of images whose largest logit is the label's when they leave
 * @param meanTimeSteps that an image took, from 1 to T
 */
public record ExitResult(String rule, int timeSteps, double accuracy, double meanTimeSteps) {}
