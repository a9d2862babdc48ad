/**
 * Reads and writes model files, checkpoints and other whole files; what is read is checked before it is believed. It
 * may use graph, needs nothing but a JSON parser beside it, and must not know devices or training.
 */
package org.ambispike.io;
