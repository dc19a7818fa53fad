/**
 * Maintains the publication and the replication slot of a subscription, and reads the slot's WAL.
 *
 * <ul>
 *   <li>{@link org.pg2sink.replication.Database} connects, {@link org.pg2sink.replication.Subscription} says what is captured.
 *   <li>{@link org.pg2sink.replication.Publication} and {@link org.pg2sink.replication.ReplicationSlot} are created if they
 *       are absent: the publication first, because the server cannot decode changes from before it.
 *   <li>A {@link org.pg2sink.replication.WalSource} delivers the frames of the slot:
 *       {@link org.pg2sink.replication.ReplicationStream} from a walsender, {@link org.pg2sink.replication.BacklogReader} by
 *       SQL.
 * </ul>
 *
 * <p>Neither decodes what it reads. Every failure is a {@link org.pg2sink.replication.SubscriptionException} with its remedy.
 */
package org.pg2sink.replication;
