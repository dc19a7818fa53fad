/**
 * Is the face to Apache Camel: component, consumer, producer, headers, type converters, health and console. Nothing else
 * belongs here.
 */
package org.pg2sink.component;
