/**
 * Makes S3 objects of batches.
 */
package org.pg2sink.sinks.s3;
