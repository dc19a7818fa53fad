/**
 * Sets the component's options in Spring Boot.
 */
package org.pg2sink.springboot;
