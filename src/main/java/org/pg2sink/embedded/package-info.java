/**
 * Runs a PostgreSQL server inside a directory, for those who try pg2sink without a server of their own. The binaries come
 * from the class path. {@link org.pg2sink.embedded.EmbeddedServer} is the only entry.
 */
package org.pg2sink.embedded;
