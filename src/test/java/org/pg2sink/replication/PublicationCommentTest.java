package org.pg2sink.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.pg2sink.changelog.TableName;

class PublicationCommentTest {

    @Test
    void withoutACommentNothingWasAdded() {
        assertThat(PublicationComment.parse(null)).isEqualTo(new PublicationComment("", Set.of(), Set.of()));
    }

    @Test
    void whatPg2sinkAddedAndWasToldToRemoveIsReadBack() {
        PublicationComment comment = PublicationComment.parse("pg2sink added: 16384 16390 removed: 16400");
        assertThat(comment.added()).containsExactly(16384L, 16390L);
        assertThat(comment.removed()).containsExactly(16400L);
        assertThat(comment.text()).isEqualTo("pg2sink added: 16384 16390 removed: 16400");
    }

    @Test
    void theNamesOfThousandsOfTablesAreReadBack() {
        Map<Long, TableName> names = new TreeMap<>();
        for (long oid = 16_384; oid < 66_384; oid++) {
            names.put(oid, new TableName("public", "the \"table\" " + oid));
        }
        CommentNames named = new CommentNames("7/16384", names);
        String comment = "ask Ada first\npg2sink added: 16384" + named.text() + "\nor Bob";
        assertThat(CommentNames.parse(comment)).isEqualTo(named);
        assertThat(CommentNames.without(comment)).isEqualTo("ask Ada first\npg2sink added: 16384\nor Bob");
    }

    @Test
    void whatSomebodyWroteStaysWhereverItStands() {
        String text = PublicationComment.parse("ask Ada first").text();
        assertThat(text).isEqualTo("ask Ada first\npg2sink added:");
        assertThat(PublicationComment.parse(text + " 16384\nor Bob").text())
                .isEqualTo("ask Ada first\nor Bob\npg2sink added: 16384");
        assertThat(PublicationComment.parse("pg2sink added: 1 removed: 2; or Bob")
                        .text())
                .isEqualTo("; or Bob\npg2sink added: 1 removed: 2");
    }

    @Test
    void aTableThatIsRemovedOnRequestIsNoLongerOneThatPg2sinkAdded() {
        PublicationComment comment = new PublicationComment("", Set.of(1L, 2L), Set.of(3L));
        assertThat(comment.withRemoved(2)).isEqualTo(new PublicationComment("", Set.of(1L), Set.of(2L, 3L)));
    }

    @Test
    void aTableThatIsAddedOnRequestIsNeverTakenForOneThatPg2sinkAdded() {
        PublicationComment comment = new PublicationComment("", Set.of(1L), Set.of(2L, 3L));
        assertThat(comment.withoutRemoved(2)).isEqualTo(new PublicationComment("", Set.of(1L), Set.of(3L)));
    }

    @Property
    void whatIsWrittenIsReadBack(
            @ForAll Set<@LongRange(min = 1, max = 4294967295L) Long> added,
            @ForAll Set<@LongRange(min = 1, max = 4294967295L) Long> removed) {
        PublicationComment comment = new PublicationComment("a\n", new TreeSet<>(added), new TreeSet<>(removed));
        assertThat(PublicationComment.parse(comment.text())).isEqualTo(comment);
    }
}
