/**
 * Runs a PostgreSQL server inside a directory, for those who try pg2sink without a server of their own. The binaries come
 * from the class path. {@link org.pg2sink.embedded.EmbeddedServer} starts it, {@link org.pg2sink.embedded.EmbeddedDataSource} connects to it.
 */
package org.pg2sink.embedded;
