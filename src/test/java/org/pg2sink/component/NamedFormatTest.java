package org.pg2sink.component;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.util.List;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.pg2sink.changelog.Entry;
import org.pg2sink.format.EntryFormat;
import org.pg2sink.format.JsonLines;
import org.pg2sink.format.KeyedRecord;

class NamedFormatTest {

    private final CamelContext context = new DefaultCamelContext();

    @AfterEach
    void stop() {
        context.stop();
    }

    /** A format of an application, which notes whether somebody closed it. */
    private static final class OwnFormat implements EntryFormat {

        private boolean closed;

        @Override
        public String extension() {
            return "own";
        }

        @Override
        public String mediaType() {
            return "text/plain";
        }

        @Override
        public boolean isAppendable() {
            return true;
        }

        @Override
        public InputStream file(List<? extends Entry> entries) {
            return InputStream.nullInputStream();
        }

        @Override
        public List<KeyedRecord> records(String topic, Entry entry) {
            return List.of();
        }

        @Override
        public void close() {
            closed = true;
        }
    }

    @Test
    void aBuiltInFormatIsMadeWithItsOptions() {
        try (NamedFormat named = NamedFormat.find(context, "json", Map.of("tombstones", "true"))) {
            assertThat(named.format()).isInstanceOf(JsonLines.class);
            assertThat(named.isBean()).isFalse();
        }
    }

    @Test
    void aBeanBelongsToTheApplicationAndStaysOpen() {
        OwnFormat own = new OwnFormat();
        context.getRegistry().bind("own", own);
        try (NamedFormat named = NamedFormat.find(context, "own", Map.of("tombstones", ""))) {
            assertThat(named.format()).isSameAs(own);
        }

        assertThat(own.closed).isFalse();
    }

    @Test
    void aBeanTakesNoOptions() {
        context.getRegistry().bind("own", new OwnFormat());

        assertThatThrownBy(() -> NamedFormat.find(context, "own", Map.of("tombstones", "true")))
                .hasMessage("The format own is a bean of the application, so it takes no option tombstones here.");
    }

    @Test
    void optionsAreReadFromPairs() {
        assertThat(NamedFormat.options(" topic.prefix = shop, schemas.enable=false,"))
                .isEqualTo(Map.of("topic.prefix", "shop", "schemas.enable", "false"));
        assertThat(NamedFormat.options("")).isEmpty();
    }

    @Test
    void aPartThatIsNoPairIsRefused() {
        assertThatThrownBy(() -> NamedFormat.options("shop")).hasMessageContaining("'shop'");
    }

    @Test
    void theDocumentationListsAllOperationsOfTheProducer() {
        List<String> documented = List.of(ProducerOperation.NAMES.split(","));

        assertThat(documented)
                .extracting(name -> name.replaceAll("([A-Z])", "_$1").toUpperCase(java.util.Locale.ROOT))
                .containsExactlyInAnyOrderElementsOf(java.util.Arrays.stream(ProducerOperation.values())
                        .map(Enum::name)
                        .toList());
    }
}
