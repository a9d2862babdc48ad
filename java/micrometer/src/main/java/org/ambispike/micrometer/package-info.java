/**
 * Shows what session pools do in a registry of Micrometer. It reads the pools' own metrics, and the library knows nothing of it.
 */
package org.ambispike.micrometer;
