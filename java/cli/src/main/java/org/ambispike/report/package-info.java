/**
 * Writes what a run measured: the summary, tables, charts and the HTML report. It takes finished results, and must not
 * measure or run anything.
 */
package org.ambispike.report;
