package org.pg2sink.embedded;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import org.postgresql.ds.PGSimpleDataSource;

/** Connects to an embedded server that runs, as the role that owns its database: for the demo. */
public final class EmbeddedDataSource extends PGSimpleDataSource {

    private static final long serialVersionUID = 1L;

    private String location = "";

    /** Takes the server's directory, with or without {@code embedded:} before it. */
    public void setLocation(String location) {
        this.location = location;
    }

    public String getLocation() {
        return location;
    }

    /** Takes the server's port, on loopback. */
    public void setPort(int port) {
        setUrl(EmbeddedServer.url(port));
    }

    /** Opens a connection. Only now the password is read, because the server may not have run before. */
    @Override
    public Connection getConnection() throws SQLException {
        try {
            Path directory = Path.of(location.replaceFirst("^embedded:", ""));
            Path home = EmbeddedServer.home(directory, ServerUser.find());
            return getConnection(Login.ROLE, Login.of(home).password());
        } catch (IOException e) {
            throw new SQLException(
                    "The password of the embedded PostgreSQL in " + location + " cannot be read: " + e, e);
        }
    }
}
