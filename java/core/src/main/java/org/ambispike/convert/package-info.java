/**
 * Turns networks into networks by pure functions: activations get thresholds, and then become spiking neurons. It must
 * not run a network, read a file or know a device.
 */
package org.ambispike.convert;
