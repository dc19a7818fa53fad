/**
 * Decodes the bytes of the {@code pgoutput} plugin into messages. It knows only the JDK.
 */
package org.pg2sink.pgoutput;
