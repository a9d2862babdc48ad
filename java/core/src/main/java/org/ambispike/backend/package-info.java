/**
 * Says what a device must offer: buffers, kernels and the layouts that these are told of. It may use the graph
 * package, but holds no implementation and must not touch native bindings.
 */
package org.ambispike.backend;
