/**
 * Parses the command line, shows progress and turns errors into one line and an exit code. It may use everything and
 * nothing may use it; what a command computes belongs to the packages below.
 */
package org.ambispike.cli;
