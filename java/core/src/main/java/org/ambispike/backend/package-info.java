/**
 * Says what a device must offer: buffers, kernels and the layouts that these are told of. It may use the graph
 * package and JavaCPP's pointers, and must not know a device's library.
 */
package org.ambispike.backend;
