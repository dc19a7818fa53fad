package org.pg2sink.bench;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;

/** Reads the table through a cursor and takes each value. */
final class CursorCounter {

    private static final int FETCH_SIZE = 10_000;

    private CursorCounter() {}

    public static void main(String[] arguments) throws Exception {
        CountingMain counter = new CountingMain(arguments);
        try (Connection connection = DriverManager.getConnection(counter.url());
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.setFetchSize(FETCH_SIZE);
            counter.begin();
            try (ResultSet row = statement.executeQuery("select * from item")) {
                int columns = row.getMetaData().getColumnCount();
                while (row.next()) {
                    for (int i = 1; i <= columns; i++) {
                        row.getObject(i);
                    }
                    counter.count(1);
                }
            }
            CountingMain.sleep();
        }
    }
}
