/**
 * Appends changes to files, one a table.
 */
package org.pg2sink.sinks.file;
