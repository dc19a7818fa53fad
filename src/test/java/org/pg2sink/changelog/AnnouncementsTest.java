package org.pg2sink.changelog;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AnnouncementsTest {

    private final Announcements announcements = new Announcements();
    private final Table table = Examples.table("example", "id bigint key");
    private final Table same = Examples.table("example", "id bigint key");
    private final Table other = Examples.table("example", "id bigint key", "msg text");

    @Test
    void aSchemaIsDueOnce() {
        assertThat(announcements.isDue(table)).isTrue();
        assertThat(announcements.isDue(table)).isFalse();
        assertThat(announcements.isDue(same)).isFalse();
    }

    @Test
    void anotherVersionIsDueAndTheFirstAgainAfterIt() {
        announcements.isDue(table);

        assertThat(announcements.isDue(other)).isTrue();
        assertThat(announcements.isDue(table)).isTrue();
    }

    @Test
    void aSchemaThatDidNotArriveIsDueAgain() {
        announcements.isDue(table);
        announcements.revoke(table);

        assertThat(announcements.isDue(table)).isTrue();
    }
}
