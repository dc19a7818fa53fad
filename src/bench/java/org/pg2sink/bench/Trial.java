package org.pg2sink.bench;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;

/** What a contender is put through. */
interface Trial {

    /** One run of it; gives a measurement of each thing that was tried. */
    List<Measurement> by(Contender contender) throws IOException, SQLException, InterruptedException;
}
