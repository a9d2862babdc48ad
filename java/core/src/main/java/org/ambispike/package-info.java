/**
 * Offers the library to programs: models, sessions that run them, conversion, calibration and evaluation. What stands
 * here is API and calls the packages below; it must know nothing of the command line, of the server or of files of
 * results, and no package that it calls may use it.
 */
package org.ambispike;
