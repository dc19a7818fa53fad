/**
 * Turns entries into bytes. {@link org.pg2sink.format.EntryFormat} is the one seam for output formats; each has a file of its
 * own.
 */
package org.pg2sink.format;
