/** The format of Debezium's PostgreSQL connector: everything that pg2sink knows of it. */
package org.pg2sink.format.debezium;
