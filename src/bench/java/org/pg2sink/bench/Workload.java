package org.pg2sink.bench;

import java.util.List;

/** Where the rows come from that a contender has to deliver. */
enum Workload {
    W1("small inserts in transactions of 1000", 2_000_000) {
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
    W2("transactions of one update and one insert", 400_000) {
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
    W3("rows of 20 columns with 4 KB of jsonb, inserted and then updated but for the jsonb", 100_000) {
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
    W4("one transaction", 3_000_000) {
        @Override
        List<String> tables() {
            return List.of(ITEM, procedure("""
                    insert into item select i, i % 97, i / 7.0, 'item number ' || i
                    from generate_series(1, $1) i"""));
        }
    },
    W5("import of the table of W1", 2_000_000) {
        @Override
        List<String> tables() {
            return W1.tables();
        }
    };

    private static final String ITEM = """
            create table item (
                id bigint primary key, account int, amount numeric(12, 2), note text,
                created timestamptz not null default clock_timestamp())""";

    private final String description;
    private final long rows;

    Workload(String description, long rows) {
        this.description = description;
        this.rows = rows;
    }

    /** Makes the tables, and the procedure {@code load} that makes the backlog. */
    abstract List<String> tables();

    String description() {
        return description;
    }

    /** How many rows a contender has to deliver. */
    long rows(double size) {
        return Math.round(rows * size / 1000) * 1000;
    }

    boolean isImport() {
        return this == W5;
    }

    private static String procedure(String body) {
        return "create procedure load(bigint) language plpgsql as $$ begin " + body + "; end $$";
    }
}
