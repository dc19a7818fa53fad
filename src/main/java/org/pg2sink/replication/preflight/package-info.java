/**
 * Checks whether a server has what a subscription needs, one class a check. Changes nothing. What it finds says how grave
 * it is, which object is at fault, and the SQL that mends it.
 */
package org.pg2sink.replication.preflight;
