package org.ambispike.calibrate;

import org.ambispike.graph.Graph;
import org.ambispike.graph.Weights;

/** The ANN whose activations a spiking network's rates are drawn to; its neuron layers have the same names. */
public record TeacherNetwork(Graph graph, Weights weights) {}
