package org.pg2sink.bench;

import java.sql.Connection;
import java.sql.DriverManager;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyOut;

/** Reads the table with COPY, in the format that the argument names, and looks at nothing. */
final class CopyCounter {

    private CopyCounter() {}

    public static void main(String[] arguments) throws Exception {
        CountingMain counter = new CountingMain(arguments);
        try (Connection connection = DriverManager.getConnection(counter.url())) {
            counter.begin();
            CopyOut copy = connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyOut("copy item to stdout (format " + arguments[2] + ")");
            while (copy.readFromCopy() != null) {
                counter.count(1); // binary has a trailer too, but that comes after the last row
            }
            CountingMain.sleep();
        }
    }
}
