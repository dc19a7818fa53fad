package org.pg2sink.component;

import org.pg2sink.TestDatabase;

/**
 * The changes by which pg2sink and Debezium are compared. Debezium cannot convert some values, so those are not among them:
 * docs/coming-from-debezium.md lists them.
 */
public final class DebeziumWorkload {

    /** The schemas of the tables. */
    public static final String SCHEMAS = "public,sales";

    /** Begins the names of topics. */
    public static final String PREFIX = "shop";

    /** Nothing follows the row of this table. */
    public static final String LAST_TABLE = "finished";

    private static final String[] TABLES = {
        "create extension hstore",
        "create extension citext",
        "create type mood as enum ('sad', 'ok', 'so happy')",
        "create domain price as numeric(8, 2)",
        "create domain label as varchar(20)",
        "create domain moment as timestamp(3)",
        "create domain short_moment as moment",
        "create domain flags as bit(8)",
        "create table numbers (id int primary key, i2 int2, i4 int4, i8 int8, o oid, r real, d double precision,"
                + " n numeric, n52 numeric(5, 2), n40 numeric(40, 10), n10 numeric(10), m money, p price, b boolean)",
        "create table texts (id int primary key, t text, v varchar(10), c char(5), c1 char, ci citext, l label, j json,"
                + " jb jsonb, x xml, u uuid, e mood, h hstore, ip inet, net cidr, mac macaddr, mac8 macaddr8, ts tsvector,"
                + " int4r int4range, int8r int8range, numr numrange, tsr tsrange, tstzr tstzrange, dater daterange)",
        "create table times (id int primary key, d date, t time, t0 time(0), t3 time(3), tz timetz, ts timestamp,"
                + " ts0 timestamp(0), ts3 timestamp(3), tstz timestamptz, tstz0 timestamptz(0), tstz3 timestamptz(3),"
                + " i interval, m moment, sm short_moment)",
        "create table bits (id int primary key, b bit, b8 bit(8), b12 bit(12), vb bit varying, vb9 bit varying(9),"
                + " by bytea, pt point, f flags)",
        "create table arrays (id int primary key, i2 int2[], i4 int4[], i8 int8[], r real[], d double precision[],"
                + " n numeric[], n52 numeric(5, 2)[], b boolean[], t text[], v varchar(10)[], c char(3)[], u uuid[], j json[],"
                + " jb jsonb[], dt date[], ts timestamp[], ts3 timestamp(3)[], tm time[], tstz timestamptz[], by bytea[],"
                + " ip inet[], e mood[], h hstore[], ci citext[], r4 int4range[], o oid[],"
                + " tstz3 timestamptz(3)[])",
        "create table others (id int primary key, bx box, ln line, sg lseg, pa path, pg polygon, ci circle, q tsquery,"
                + " lsn pg_lsn, mr int4multirange, nm name, ch \"char\", xi xid, rc regclass, jp jsonpath,"
                + " ia interval[], ma money[], pta point[], xa xml[], na name[], bita bit(3)[], vbita varbit[], tza timetz[])",
        "create table strict (id serial primary key, name text not null, n int not null, b boolean not null,"
                + " d numeric(6, 2) not null, at timestamp not null)",
        "create table defaults (id int primary key, n int default 5, t text default 'none', d numeric(5, 2) default 1.5)",
        "create table \"Mixed Case\" (\"Order No\" int, \"a.b\" text, primary key (\"Order No\"))",
        "create table two_keys (v text, b int, a text, primary key (a, b))",
        "create table by_index (a int not null, b text not null, v text)",
        "create unique index by_index_b on by_index (b)",
        "alter table by_index replica identity using index by_index_b",
        "create table keyless (n int, t text)",
        "alter table keyless replica identity full",
        "create table whole (id int primary key, n int, doc text)",
        "alter table whole replica identity full",
        "create table wide (id int primary key, n int, doc text, j jsonb, by bytea, ta text[], ia int4[], la int8[],"
                + " na numeric, h hstore, xa xml, ua uuid[], dta date[], bya bytea[], da double precision[])",
        "alter table wide alter doc set storage external, alter j set storage external, alter by set storage external,"
                + " alter ta set storage external, alter ia set storage external, alter la set storage external,"
                + " alter na set storage external, alter h set storage external, alter xa set storage external,"
                + " alter ua set storage external, alter dta set storage external, alter bya set storage external,"
                + " alter da set storage external",
        "alter table whole alter doc set storage external",
        "create table nested (id int primary key, n int[], t text[])",
        "create schema sales",
        "create table sales.orders (id bigint primary key, total numeric(10, 2))",
        "create table " + LAST_TABLE + " (id int primary key)",
    };

    private static final String LONG_TEXT = "(select string_agg(md5(i::text), '') from generate_series(1, 70) i)";

    private static final String[] CHANGES = {
        "insert into numbers values (1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '0', 0, false)",
        "insert into numbers values (2, 32767, 2147483647, 9223372036854775807, 4294967295, 3.4028235e38,"
                + " 1.7976931348623157e308, 123456789012345678901234567890.123456789, 999.99,"
                + " 123456789012345678901234567890.1234567890, 9999999999, '1234.56', 12.3, true)",
        "insert into numbers values (3, -32768, -2147483648, -9223372036854775808, 1, -1.5, -0.1, -0.00012300, -1.10,"
                + " -1, -1, '-1234567.89', -0.01, true)",
        "insert into numbers values (4, 1, 1, 1, 1, 'NaN', 'Infinity', 1000, 1, 1e20, 128, '0.01', 1, true)",
        "insert into numbers values (5, -1, -1, -1, 1, '-Infinity', 'NaN', 1e50, 2.5, 255, -128, '-0.01', 100, null)",
        "insert into numbers values (6, -1, -1, -1, 1, 1e-45, 5e-324, 1e-50, 2.5, 256, -129, '99', 100, null)",
        "insert into numbers values (7, -1, -1, -1, 1, 16777216, 1e15, 0.10, 2.5, 256, -129, '99', 100, null)",
        "insert into numbers (id, n) values (8, 'NaN')",
        "insert into numbers (id) values (9)",
        "insert into texts values (1, 'plain', 'varying', 'char', 'x', 'CiText', 'label', '{\"a\":  1}', '{\"a\":  1}',"
                + " '<a>1</a>', '6f2e7a2c-6a1b-4c7d-9d3c-0123456789ab', 'so happy', 'a=>1', '192.168.0.1', '10.0.0.0/8',"
                + " '08:00:2b:01:02:03', '08:00:2b:01:02:03:04:05', 'a fat cat', '[1,5)', '[1,5)', '[1.5,2)',"
                + " '[2020-01-01 00:00:00,2020-01-02 00:00:00)', '[2020-01-01 00:00:00+00,2020-01-02 00:00:00+02)',"
                + " '[2020-01-01,2020-01-02)')",
        "insert into texts values (2, E'tab\\t newline\\n quote\" backslash\\\\ \\x01 \\x7f é € 𝄞 /', '', '', '', '', '', 'null',"
                + " 'null', '<a b=\"c\">é</a>', '00000000-0000-0000-0000-000000000000', 'sad',"
                + " 'a=>NULL,\"b c\"=>\"d \\\" e\"', '::1/64', '::/0', '00:00:00:00:00:00',"
                + " '00:00:00:00:00:00:00:00', '', 'empty', '(,)', '(,5]', '(,)', '[2020-01-01 00:00:00+00,)', 'empty')",
        "insert into texts (id) values (3)",
        "insert into times values (1, '1970-01-01', '00:00:00', '00:00:00', '00:00:00', '00:00:00+00',"
                + " '1970-01-01 00:00:00', '1970-01-01 00:00:00', '1970-01-01 00:00:00', '1970-01-01 00:00:00+00',"
                + " '1970-01-01 00:00:00+00', '1970-01-01 00:00:00+00', '0', '1970-01-01 00:00:00',"
                + " '2019-10-04 16:05:55.123')",
        "insert into times values (2, '2019-10-04', '16:05:55.123456', '16:05:55', '16:05:55.123', '16:05:55.123456+01:30',"
                + " '2019-10-04 16:05:55.123456', '2019-10-04 16:05:55', '2019-10-04 16:05:55.123',"
                + " '2019-10-04 16:05:55.123456+01', '2019-10-04 16:05:55+01', '2019-10-04 16:05:55.123+01',"
                + " '1 year 2 months 3 days 04:05:06.789')",
        "insert into times values (3, '1969-12-31', '23:59:59.999999', '23:59:59', '23:59:59.999', '00:30:00+02',"
                + " '1969-12-31 23:59:59.999999', '1969-12-31 23:59:59', '1969-12-31 23:59:59.999',"
                + " '1969-12-31 23:59:59.999999+00', '1969-12-31 23:59:59+00', '1969-12-31 23:59:59.999+00',"
                + " '-1 years -2 mons +3 days -04:05:06.789')",
        "insert into times values (4, '0001-01-01', '12:34:56.1', '12:34:56', '12:34:56.1', '12:34:56.1-05',"
                + " '0001-01-01 00:00:00', '0001-01-01 00:00:00', '0001-01-01 00:00:00.1', '0001-01-01 00:00:00+00',"
                + " '0001-01-01 00:00:00+00', '0001-01-01 00:00:00.1+00', '1 mon')",
        "insert into times values (5, '9999-12-31', '12:34:56.12', '12:34:56', '12:34:56.12', '12:34:56-15:59',"
                + " '9999-12-31 23:59:59.5', '9999-12-31 23:59:59', '9999-12-31 23:59:59.5', '9999-12-31 23:59:59.5+00',"
                + " '9999-12-31 23:59:59+00', '9999-12-31 23:59:59.5+00', '100 hours')",
        "insert into times values (6, '0044-03-15 BC', '24:00:00', '24:00:00', '24:00:00', '12:00:00+00',"
                + " '0044-03-15 00:00:00 BC', '0044-03-15 00:00:00 BC', '0044-03-15 00:00:00 BC',"
                + " '0044-03-15 00:00:00+00 BC', '0044-03-15 00:00:00+00 BC', '0044-03-15 00:00:00+00 BC',"
                + " '-00:00:00.000001')",
        "insert into times values (7, '12345-01-02', '01:00:00', '01:00:00', '01:00:00', '01:00:00+00',"
                + " '12345-01-02 00:00:00', '12345-01-02 00:00:00', '12345-01-02 00:00:00',"
                + " '12345-01-02 00:00:00+00', '12345-01-02 00:00:00+00', '12345-01-02 00:00:00+00', '-1 days')",
        "insert into times (id) values (8)",
        "insert into times (id, d, ts, ts3, tstz, tstz3) values"
                + " (9, 'infinity', 'infinity', 'infinity', 'infinity', 'infinity')",
        "insert into times (id, d, ts, ts3, tstz, tstz3) values"
                + " (10, '-infinity', '-infinity', '-infinity', '-infinity', '-infinity')",
        "insert into bits values (1, '1', '10000001', '100000000001', '1', '1', '\\x00ff10', '(1,2)', '10000001')",
        "insert into bits values (2, '0', '00000000', '000000000000', '', '', '', '(-1.5,1e20)')",
        "insert into bits values (3, '0', '00000001', '000000011111', '10101010101010101', '100000001', '\\xfbff3e', '(0,0)')",
        "insert into bits (id) values (4)",
        "insert into arrays values (1, '{1,-1,NULL}', '{1,-1,NULL}', '{1,-1,NULL}', '{1.5,NaN,NULL}', '{1.5,NaN,NULL}',"
                + " '{1.50,-2,NULL}', '{1.5,-2,NULL}', '{t,f,NULL}', '{a,\"b c\",NULL,\"\",\"q\\\"\\\\\"}', '{a,\"b c\",NULL}',"
                + " '{a,NULL}', '{6f2e7a2c-6a1b-4c7d-9d3c-0123456789ab,NULL}', '{\"{\\\"a\\\": 1}\",NULL}',"
                + " '{\"{\\\"a\\\": 1}\",NULL}', '{2020-01-01,NULL}', '{2020-01-01 01:02:03.123456,NULL}',"
                + " '{2020-01-01 01:02:03.123,NULL}', '{01:02:03.123,NULL}', '{2020-01-01 01:02:03.123456+00,NULL}',"
                + " '{\"\\\\x00ff\",NULL}', '{1.2.3.4,NULL}', '{sad,\"so happy\"}', '{a=>1,NULL}', '{Ab,NULL}',"
                + " '{\"[1,5)\",NULL}', '{1,4294967295}',"
                + " '{2020-01-01 01:02:03.12+00}')",
        "insert into arrays values (2, '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}',"
                + " '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}')",
        "insert into arrays (id) values (3)",
        "insert into nested values (1, '{{1,2},{3,NULL}}', '{{a,b},{c,d}}')",
        "insert into others values (1, '(1,2),(3,4)', '{1,2,3}', '[(1,2),(3,4)]', '[(1,2),(3,4)]', '((1,2),(3,4))',"
                + " '<(1,2),3>', 'a & b', '0/16B3740', '{[1,3),[5,7)}', 'name', 'c', '7', 'pg_class', '$.a', '{1 day}',"
                + " '{1.50}', '{\"(1,2)\"}', '{<a/>}', '{name}', '{101}', '{101}', '{12:00:00+00}')",
        "insert into strict (name, n, b, d, at) values ('a', 1, true, 1.5, '2020-01-01')",
        "update strict set n = 2",
        "delete from strict",
        "insert into defaults (id) values (1)",
        "insert into defaults values (2, 7, 'given', 2), (3, null, null, null)",
        "insert into \"Mixed Case\" values (1, 'a')",
        "update \"Mixed Case\" set \"a.b\" = 'b'",
        "update \"Mixed Case\" set \"Order No\" = 2",
        "delete from \"Mixed Case\"",
        "insert into two_keys values ('v', 1, 'x'), ('v', 2, 'y')",
        "update two_keys set b = 3, v = 'w' where b = 2",
        "delete from two_keys where b = 1",
        "insert into by_index values (1, 'one', 'v')",
        "update by_index set v = 'w'",
        "update by_index set b = 'two'",
        "delete from by_index",
        "insert into keyless values (1, 'a'), (1, 'a'), (null, null)",
        "update keyless set t = 'b' where n = 1",
        "delete from keyless",
        "insert into whole values (1, 1, 'short'), (2, 1, " + LONG_TEXT + ")",
        "update whole set n = 2",
        "update whole set id = id + 10",
        "delete from whole",
        "insert into wide values (1, 1, " + LONG_TEXT + ", to_jsonb(" + LONG_TEXT + "), decode(" + LONG_TEXT + " || "
                + LONG_TEXT + ", 'hex'),"
                + " array[" + LONG_TEXT + "], (select array_agg(i * 7919) from generate_series(1, 520) i),"
                + " (select array_agg(i::bigint * 7919) from generate_series(1, 260) i),"
                + " (select string_agg((i * 7919)::text, '')::numeric from generate_series(1, 1000) i),"
                + " hstore('k', " + LONG_TEXT + "), ('<a>' || " + LONG_TEXT + " || '</a>')::xml,"
                + " (select array_agg(md5(i::text)::uuid) from generate_series(1, 110) i),"
                + " (select array_agg(date '2000-01-01' + i) from generate_series(1, 520) i),"
                + " array[decode(" + LONG_TEXT + " || " + LONG_TEXT + ", 'hex')],"
                + " (select array_agg(sqrt(i)) from generate_series(1, 260) i))",
        "update wide set n = 2",
        "update wide set id = 2",
        "insert into sales.orders values (1, 12.50)",
        "truncate keyless, sales.orders",
        "select pg_logical_emit_message(true, 'audit', '{\"who\":\"me\"}')",
        "select pg_logical_emit_message(true, 'audit', '\\xff00'::bytea)",
        "select pg_logical_emit_message(false, 'beside', 'é')",
    };

    private DebeziumWorkload() {}

    /** Makes the tables, which nothing may have touched before. */
    public static void createTables(TestDatabase database) {
        database.execute(TABLES);
    }

    /** Makes the changes, each in a transaction of its own, and some together. */
    public static void change(TestDatabase database) {
        database.execute(CHANGES);
        database.transaction(
                "insert into sales.orders values (2, 1)",
                "update sales.orders set total = 2",
                "update sales.orders set id = 3",
                "delete from sales.orders");
        database.execute("insert into " + LAST_TABLE + " values (1)");
    }
}
