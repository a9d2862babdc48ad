/**
 * Writes networks in the Neuromorphic Intermediate Representation, as HDF5. It may use graph and io, and is the only
 * package that knows HDF5.
 */
package org.ambispike.nir;
