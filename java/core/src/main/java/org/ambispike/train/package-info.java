/**
 * Trains parameters: the loop, losses, optimisers, schedules and checkpoints. It may use exec, data and io, and must
 * not know recipes or particular networks.
 */
package org.ambispike.train;
