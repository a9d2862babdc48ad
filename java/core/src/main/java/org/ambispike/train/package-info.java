/**
 * Trains parameters: the loop, losses, optimisers, schedules, calibration and checkpoints. It may use run, exec, data and io, and
 * must not know recipes or particular networks.
 */
package org.ambispike.train;
