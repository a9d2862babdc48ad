package org.ambispike.serve;

import org.ambispike.ExitRule;

/**
 * What a client wants to know.
 *
 * @param image as the network takes it
 * @param timeSteps T, or the largest T where a rule may end it earlier
 * @param trace whether the spikes are wanted too
 */
record ClassifyRequest(FittedImage image, int timeSteps, ExitRule exit, boolean trace) {}
