package org.pg2sink.component;

import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.camel.CamelContext;
import org.apache.camel.CamelContextAware;
import org.apache.camel.Exchange;
import org.apache.camel.spi.DataFormat;
import org.apache.camel.spi.DataFormatName;
import org.apache.camel.spi.annotations.Dataformat;
import org.apache.camel.support.SynchronizationAdapter;
import org.apache.camel.support.service.ServiceSupport;
import org.pg2sink.changelog.Announcements;
import org.pg2sink.changelog.Catalog;
import org.pg2sink.changelog.Changelog;
import org.pg2sink.changelog.DatabaseEncoding;
import org.pg2sink.changelog.Entry;
import org.pg2sink.pgoutput.Lsn;
import org.pg2sink.pgoutput.PgOutputDecoder;
import org.pg2sink.replication.DatabaseCatalog;
import org.pg2sink.types.PgType;

/**
 * Decodes what Camel's own {@code pg-replication-slot} component reads with the plugin {@code pgoutput}: each message
 * becomes the list of its entries, those that {@code pg2sink:} gives too; of Begin, Commit and the like it is empty.
 *
 * <p>It goes by what the messages before told, so it takes all messages of one slot, in their order, and has to be an
 * instance of its own for each route. A message whose exchange failed is delivered again by that component, and gives the
 * same entries again.
 *
 * <p>Types that are not built in and primary keys are looked up in the database of the {@code pg2sink} component. If that
 * has none, such types are text, and the key is the replica identity.
 */
@Dataformat("pgoutput")
public class PgOutputDataFormat extends ServiceSupport implements DataFormat, DataFormatName, CamelContextAware {

    private final ReentrantLock oneAtATime = new ReentrantLock();
    private CamelContext camelContext;
    private DatabaseCatalog database;
    private PgOutputDecoder decoder;
    private ZoneId zone;
    /** Null before the first message. */
    private Changelog changelog;

    private List<Entry> entries = new ArrayList<>();
    private byte[] latest;
    /** Tells whether the exchange of the latest message failed. Written by the thread that completes it. */
    private volatile boolean failed;

    @Override
    public String getDataFormatName() {
        return "pgoutput";
    }

    @Override
    public CamelContext getCamelContext() {
        return camelContext;
    }

    @Override
    public void setCamelContext(CamelContext camelContext) {
        this.camelContext = camelContext;
    }

    @Override
    protected void doStart() {
        Pg2sinkComponent component = camelContext.getComponent("pg2sink", Pg2sinkComponent.class);
        Pg2sinkConfiguration options = component.optionsWithCredentials();
        boolean known = options.getDataSource() != null || options.getUrl() != null;
        database = known ? new DatabaseCatalog(component.database(options)) : null;
        decoder = new PgOutputDecoder();
        changelog = null;
        zone = options.zone();
    }

    /** Makes the changelog when the first message is there, and so the server too, which tells its encoding. */
    private Changelog newChangelog() {
        boolean known = database != null;
        DatabaseEncoding encoding = known ? database.encoding() : DatabaseEncoding.UTF_8;
        return new Changelog(
                known ? database : new NoCatalog(),
                encoding,
                zone,
                position -> null,
                new Announcements(),
                new Changelog.Output() {
                    @Override
                    public void entry(Entry entry) {
                        entries.add(entry);
                    }

                    @Override
                    public void committed(Lsn endLsn) {
                        // that component confirms by itself
                    }
                });
    }

    @Override
    protected void doStop() throws Exception {
        if (database != null) {
            database.close();
        }
    }

    /** Is not supported, because only Postgres makes these messages. */
    @Override
    public void marshal(Exchange exchange, Object graph, OutputStream stream) {
        throw new UnsupportedOperationException("pgoutput can only be unmarshalled");
    }

    @Override
    public Object unmarshal(Exchange exchange, InputStream stream) throws Exception {
        return unmarshal(exchange, (Object) stream);
    }

    @Override
    public Object unmarshal(Exchange exchange, Object body) throws Exception {
        byte[] message = camelContext.getTypeConverter().mandatoryConvertTo(byte[].class, exchange, body);
        oneAtATime.lockInterruptibly();
        try {
            return entriesOf(exchange, message);
        } finally {
            oneAtATime.unlock();
        }
    }

    private List<Entry> entriesOf(Exchange exchange, byte[] message) {
        if (!failed || !Arrays.equals(message, latest)) {
            entries = new ArrayList<>();
            if (changelog == null) {
                changelog = newChangelog();
            }
            changelog.apply(decoder.decode(ByteBuffer.wrap(message)));
            latest = message;
        }
        failed = false;
        exchange.getExchangeExtension().addOnCompletion(new SynchronizationAdapter() {
            @Override
            public void onFailure(Exchange exchange) {
                failed = true;
            }
        });
        return entries;
    }

    /** Knows only what the stream tells. */
    private static final class NoCatalog implements Catalog {

        @Override
        public Optional<PgType> find(long oid) {
            return Optional.empty();
        }

        @Override
        public List<String> primaryKey(long relationOid) {
            return List.of();
        }
    }
}
