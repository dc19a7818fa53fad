/**
 * Turns messages of the replication protocol into entries: schemas of tables, and modifications of their rows. It knows no
 * output format.
 */
package org.pg2sink.changelog;
