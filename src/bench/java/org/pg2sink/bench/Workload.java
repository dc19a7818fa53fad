package org.pg2sink.bench;

import java.util.List;
import java.util.Optional;

/** Where the rows come from that a contender has to deliver. */
enum Workload {
    W1(Kind.BACKLOG, "small inserts in transactions of 1000", 2_000_000) {
        @Override
        List<String> tables() {
            return List.of(ITEM, procedure("""
                    for t in 0..$1 / 1000 - 1 loop
                        insert into item select t * 1000 + i, i % 97, i / 7.0, 'item number ' || i || ' of transaction ' || t
                        from generate_series(1, 1000) i;
                        commit;
                    end loop"""));
        }
    },
    W2(Kind.BACKLOG, "transactions of one update and one insert", 400_000) {
        @Override
        List<String> tables() {
            return List.of(
                    ITEM,
                    "insert into item select -i, 0, 0, 'account ' || i from generate_series(1, 1000) i",
                    procedure("""
                    for t in 1..$1 / 2 loop
                        update item set amount = amount + 1 where id = -1 - t % 1000;
                        insert into item values (t, t % 97, t / 7.0, 'booking number ' || t);
                        commit;
                    end loop"""));
        }
    },
    W3(Kind.BACKLOG, "rows of 20 columns with 4 KB of jsonb, inserted and then updated but for the jsonb", 100_000) {
        @Override
        List<String> tables() {
            return List.of("""
                    create table wide (
                        id bigint primary key, doc jsonb,
                        a1 int, a2 int, a3 int, a4 bigint, a5 bigint, a6 numeric, a7 numeric, a8 text, a9 text,
                        b1 text, b2 text, b3 boolean, b4 boolean, b5 date, b6 timestamptz, b7 timestamptz, b8 uuid, b9 real)
                    """, "alter table wide alter doc set storage external", procedure("""
                    for t in 0..$1 / 200 - 1 loop
                        insert into wide select t * 100 + i,
                            jsonb_build_object('text', (select string_agg(md5(t || ' ' || i || ' ' || g), '')
                                                        from generate_series(1, 128) g)),
                            i, t, i * t, i, t, i / 7.0, t / 7.0, 'a text', 'another text of the row ' || i,
                            'with "quotes"', null, true, i % 2 = 0, date '2026-01-01' + i, now(), now(),
                            md5(i::text)::uuid, i / 3.0
                        from generate_series(1, 100) i;
                        commit;
                    end loop;
                    for t in 0..$1 / 200 - 1 loop
                        update wide set a1 = a1 + 1, b6 = now() where id > t * 100 and id <= t * 100 + 100;
                        commit;
                    end loop"""));
        }
    },
    W4(Kind.BACKLOG, "one transaction", 3_000_000) {
        @Override
        List<String> tables() {
            return List.of(ITEM, procedure("""
                    insert into item select i, i % 97, i / 7.0, 'item number ' || i
                    from generate_series(1, $1) i"""));
        }
    },
    W5(Kind.IMPORT, "import of the table of W1", 2_000_000),
    W6(Kind.LIVE_IMPORT, "1,000 transactions of W2 a second, on the table of W1, while it is imported", 2_000_000) {
        @Override
        Optional<Load> load(double size) {
            return Optional.of(new Load(1_000, 2, """
                    with commit as (select ?::bigint as number),
                        booked as (
                            update item set amount = amount + 1 from commit where id = 1 + number * 7919 %% %d)
                    insert into item select %d + number, number %% 97, number / 7.0, 'booking number ' || number from commit
                    """.formatted(rows(size), Load.IDS)));
        }
    },
    S10(
            Kind.SLOW_SINK,
            "inserts and updates, for a sink that takes 10 ms for each change, as a web service may",
            4_000) {
        @Override
        List<String> tables() {
            return List.of(ITEM, procedure("""
                    for t in 0..$1 / 200 - 1 loop
                        insert into item select t * 100 + i, i % 97, i / 7.0, 'item number ' || i from generate_series(1, 100) i;
                        update item set amount = amount + 1 where id > t * 100 and id <= t * 100 + 100;
                        commit;
                    end loop"""));
        }
    },
    T5000(Kind.SCALE, "5,000 tables of ten rows", 50_000) {
        @Override
        List<String> tables() {
            return List.of(procedure("""
                    for t in 1..$1 / 10 loop
                        execute format('create table item%s (id bigint primary key, account int, amount numeric(12, 2), note text)', t);
                        execute format('insert into item%s select i, i, i / 7.0, ''item number '' || i from generate_series(1, 10) i', t);
                        commit;
                    end loop"""));
        }
    },
    P1000(Kind.SCALE, "a table with 1,000 partitions of ten rows", 10_000) {
        @Override
        List<String> tables() {
            return List.of(
                    "create table item (id bigint primary key, account int, amount numeric(12, 2), note text)"
                            + " partition by range (id)",
                    procedure("""
                    for t in 0..$1 / 10 - 1 loop
                        execute format('create table item%1$s partition of item for values from (%2$s) to (%3$s)',
                                       t, t * 10, t * 10 + 10);
                        commit;
                    end loop;
                    insert into item select i - 1, i, i / 7.0, 'item number ' || i from generate_series(1, $1) i"""));
        }
    },
    L10(Kind.LIVE, "10 commits a second, of one insert each", 0, 10),
    L100(Kind.LIVE, "100 commits a second, of one insert each", 0, 100),
    L1000(Kind.LIVE, "1,000 commits a second, of one insert each", 0, 1_000),
    K1000(Kind.RECOVERY, "a kill under 1,000 commits a second, of one insert each", 0, 1_000),
    L10000(Kind.LIVE, "10,000 commits a second, of one insert each", 0, 10_000);

    /** What is asked of a contender. */
    enum Kind {
        /** To deliver what a slot holds. */
        BACKLOG,
        /** The same, to a sink that takes its time for each change. */
        SLOW_SINK,
        /** To deliver what a table holds. */
        IMPORT,
        /** To deliver what is written meanwhile. */
        LIVE,
        /** To do so, to be killed and to begin again. */
        RECOVERY,
        /** To deliver what is written meanwhile, and to import too. */
        LIVE_IMPORT,
        /** To begin with many tables, and then to be idle. */
        SCALE
    }

    private static final String ITEM = """
            create table item (
                id bigint primary key, account int, amount numeric(12, 2), note text,
                created timestamptz not null default clock_timestamp())""";

    private final Kind kind;
    private final String description;
    private final long rows;
    private final int commitsPerSecond;

    Workload(Kind kind, String description, long rows) {
        this(kind, description, rows, 0);
    }

    /** @param commitsPerSecond of one insert each, while a contender is at work */
    Workload(Kind kind, String description, long rows, int commitsPerSecond) {
        this.kind = kind;
        this.description = description;
        this.rows = rows;
        this.commitsPerSecond = commitsPerSecond;
    }

    /** Makes the tables, and the procedure {@code load} that makes the backlog: those of W1, if a workload has no others. */
    List<String> tables() {
        return W1.tables();
    }

    /** What is written while a contender is at work. */
    Optional<Load> load(double size) {
        return commitsPerSecond == 0 ? Optional.empty() : Optional.of(inserts(commitsPerSecond));
    }

    private static Load inserts(int commitsPerSecond) {
        return new Load(
                commitsPerSecond,
                1,
                "insert into item select " + Load.IDS + " + n, n % 97, n / 7.0, 'item number ' || n"
                        + " from (select ?::bigint) as commit(n)");
    }

    Kind kind() {
        return kind;
    }

    String description() {
        return description;
    }

    /** How many rows are there before a contender begins. */
    long rows(double size) {
        return Math.round(rows * size / 1000) * 1000;
    }

    boolean hasImport() {
        return kind == Kind.IMPORT || kind == Kind.LIVE_IMPORT || kind == Kind.SCALE;
    }

    /** Whether half of the rows are half of the work, and half of the WAL. */
    boolean hasHalves() {
        return this != W3 && this != W4;
    }

    private static String procedure(String body) {
        return "create procedure load(bigint) language plpgsql as $$ begin " + body + "; end $$";
    }
}
