package org.ambispike.paper;

/**
 * Accuracy of one spiking network at one number of time steps.
 *
 * @param timeSteps T
 * @param calibratedFor the T that the network was calibrated for; 0 for none
 * @param accuracy fraction of images whose largest logit is the label's
 * @param imagesPerSecond measured for a run of exactly T steps
 */
public record TimeStepResult(int timeSteps, int calibratedFor, double accuracy, double imagesPerSecond) {}
