/**
 * Puts a spiking network behind HTTP: a JSON API, metrics, and a page on which a person watches it work. It runs
 * networks through the public API alone, and is the only package that knows a web server.
 */
package org.ambispike.serve;
