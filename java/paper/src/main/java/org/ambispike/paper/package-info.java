/**
 * Holds the paper's networks and recipes, and the pipeline from images to calibrated networks and what is measured of
 * them. It calls the public verbs of the library, and must not know the command line or reports.
 */
package org.ambispike.paper;
