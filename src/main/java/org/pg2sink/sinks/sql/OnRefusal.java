package org.pg2sink.sinks.sql;

/** Decides what follows a change that the target refuses, however often it is tried. */
public enum OnRefusal {
    /** The stream stops until the target takes the change. */
    STOP,
    /** The table is left out until it is imported again, while the others go on. */
    PARK
}
