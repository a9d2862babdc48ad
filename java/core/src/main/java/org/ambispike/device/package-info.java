/**
 * Finds the devices of a machine, chooses one, and checks whether a GPU computes what the CPU does. It may use backend and
 * exec, and must not run a user's network.
 */
package org.ambispike.device;
