/**
 * Holds what everything may use: exceptions, progress, cancellation, precisions and the version. It uses nothing of ours,
 * and computes nothing.
 */
package org.ambispike.common;
