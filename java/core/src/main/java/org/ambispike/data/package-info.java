/**
 * Reads images of every kind and yields them in batches, shuffled and augmented by the seed alone. It may use graph
 * and io, and must not know networks or devices.
 */
package org.ambispike.data;
