/** A spiking network behind HTTP: a JSON API, metrics, and a page on which a person watches it work. */
package org.ambispike.serve;
