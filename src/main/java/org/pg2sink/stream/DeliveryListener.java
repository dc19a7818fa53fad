package org.pg2sink.stream;

/** Hears of each batch that was delivered. It is called by the thread that ended the delivery, and must be quick. */
public interface DeliveryListener {

    /**
     * @param entries the number of entries of the batch
     * @param deliveryNanos the time from when the target got it until it arrived
     * @param latencyMillis the time from the commit of its first entry until it arrived, by the clocks of both machines
     */
    void delivered(int entries, long deliveryNanos, long latencyMillis);
}
