/**
 * Reads networks from ONNX files and writes them to such. It may use graph and io, and is the only package that knows
 * protocol buffers.
 */
package org.ambispike.onnx;
