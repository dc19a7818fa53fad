/**
 * Talks to Apicurio's schema registry. Its classes are loaded only where records in Avro are asked for, since the library is
 * optional.
 */
package org.pg2sink.format.registry;
