package org.pg2sink;

import java.util.List;
import java.util.Random;

/** Tables of many kinds, and random statements that change them. */
final class SubscribedTables {

    private SubscribedTables() {}

    static final List<String> NAMES = List.of(
            "plain",
            "shifted",
            "heap",
            "places",
            "parent",
            "child",
            "made",
            "typed",
            "odd",
            "indexed",
            "whole",
            "parts",
            "\"Quoted \"\"Table\"",
            "wide");

    static final String[] DDL = {
        "create type mood as enum ('sad', 'ok', 'so \"so\"')",
        "create domain code as varchar(8) check (value <> '')",
        "create type pair as (a int, b text)",
        // its long values are not in the WAL when they do not change
        "create table plain (id int primary key, v text, w text)",
        "alter table plain alter w set storage external",
        "create table shifted (n int primary key deferrable, v text)",
        "alter table shifted replica identity full",
        "create table heap (a int, b text, j jsonb, f float8, n numeric)",
        "alter table heap replica identity full",
        "create table places (id int, part text, place int unique deferrable initially deferred, primary key (id, part))",
        "create table parent (id int primary key, v int)",
        "create table child (id int primary key, parent int references parent on delete cascade on update cascade, v int)",
        "create table made (id int generated always as identity primary key, n int,"
                + " twice int generated always as (n * 2) stored)",
        "create table typed (m mood, c code, p pair, a int[], r int4range, v int, doc json, x xml, primary key (m, c, p, a, r))",
        "create table odd (n numeric, b bytea, i interval, c money, d date, v jsonb, ts timestamptz, bits bit varying,"
                + " at point, search tsvector, primary key (n, b, i, c, d))",
        "create table indexed (id int primary key, u int not null unique, v text)",
        "alter table indexed replica identity using index indexed_u_key",
        "create table whole (id int primary key, v text, w text, n numeric)",
        "alter table whole alter w set storage external, replica identity full",
        "create table parts (id int, region int, v text, primary key (id, region)) partition by list (region)",
        "create table parts_0 partition of parts for values in (0)",
        "create table parts_1 (v text, dropped int, region int not null, id int not null)",
        "alter table parts_1 drop dropped",
        "alter table parts attach partition parts_1 for values in (1)",
        "create table parts_rest partition of parts default",
        "create table \"Quoted \"\"Table\" (\"Id é\" int primary key, \"select\" text, \"a b\" int[])",
        "create table wide (id bigint primary key, v1 text, v2 text default 'd', v3 bool, v4 uuid, v5 char(4), v6 real)",
        "create table finished (round int primary key)"
    };

    /** {@code n} and {@code m} are numbers below 60, {@code s} one below a million. */
    private static final List<String> STATEMENTS = List.of(
            "insert into plain select i, 'v' || i, repeat(md5(i::text), 200) from generate_series({n}, {n} + {m}) i on conflict do nothing",
            "update plain set v = v || '{n}' where id % 5 = {n} % 5",
            "update plain set w = repeat(md5('{s}'), 200) where id % 5 = {n} % 5",
            "update plain set id = id + 1000 where id = {n}",
            "update plain set id = -id where id % 7 = 3",
            "delete from plain where id % 7 = {n} % 7",
            "insert into shifted select i, 'v' || i from generate_series({n}, {n} + {m}) i where not exists (select from shifted where n = i)",
            "update shifted set n = n + 1",
            "update shifted set n = n - 1, v = left(v, 20) || n",
            "delete from shifted where n % 5 = {n} % 5",
            "insert into heap select {n}, nullif('b{m}', 'b7'), '{\"a\": {m}}', {m} / 7.0, {m}::numeric from generate_series(1, 1 + {m} % 4)",
            "insert into heap values ({n}, '', null, '-0', 'NaN'), ({n}, null, 'null', 'infinity', 1.50), (null, null, null, null, null)",
            "update heap set b = coalesce(b, '') || 'c', f = f * 3 where a = {n}",
            "delete from heap where ctid = (select min(ctid) from heap where a >= {n})",
            "delete from heap where a is null and {n} < 10",
            "insert into places select i, 'p', i from generate_series({n}, {n} + {m}) i where not exists (select from places where id = i or place = i)",
            "update places set place = place + 1",
            "update places set id = id + 500, place = place + 500 where id = {n}",
            "update places set part = part || 'q' where id % 4 = {n} % 4 and length(part) < 20",
            "delete from places where id % 9 = {n} % 9",
            "insert into parent select i, 0 from generate_series({n}, {n} + {m}) i on conflict do nothing",
            "insert into child select i, i, {s} from parent p (i) where i >= {n} on conflict do nothing",
            "delete from parent where id = {n}",
            "update parent set id = id + 100 where id = {n}",
            "update child set v = v + 1 where id % 3 = {n} % 3",
            "insert into made (n) select i from generate_series(1, {m}) i",
            "update made set n = n + 10 where id % 5 = {n} % 5",
            "update made set id = default where id % 11 = {n} % 11",
            "delete from made where id % 6 = {n} % 6",
            "insert into typed select (enum_range(null::mood))[1 + i % 3], 'c' || i, row(i, 'x \"y\" ' || {n} % 2)::pair, array[i, null, {n} % 3],"
                    + " int4range(i, i + {m}), {s}, json_build_object('a',   i), xmlparse(content '<a>' || i || '</a>')"
                    + " from generate_series({n} % 10, {n} % 10 + 5) i on conflict do nothing",
            "update typed set v = v + 1 where c = 'c' || {n} % 15",
            "update typed set m = 'ok', p = row(null, '')::pair, a = '{}', r = 'empty' where c = 'c' || {n} % 15 and m = 'sad'",
            "delete from typed where c = 'c' || {n} % 15 and m <> 'sad'",
            "insert into odd select i * 1.50, decode(md5(i::text), 'hex'), make_interval(months => i % 3, days => i, secs => i / 7.0), (i * 1.5)::numeric::money,"
                    + " date '2020-02-27' + i, jsonb_build_array(i, '{s}', null), timestamptz '2020-01-01' + i * interval '7.123456 s', i::bit(8)::varbit,"
                    + " point(i, {n} / 7.0), to_tsvector('simple', 'a{s} b') from generate_series({n} % 20, {n} % 20 + 5) i on conflict do nothing",
            "update odd set v = '[\"{s}\"]', ts = '{n} bc'::text::timestamptz where n = {n} % 20 * 1.5 and {n} % 20 > 0",
            "update odd set n = 'NaN', i = i - interval '2 months 3 days', d = 'infinity', b = '' where n = {n} % 20 * 1.5 and not exists (select from odd where n = 'NaN')",
            // equal to what it was, but printed in another way
            "update odd set n = n * 1.000 where n <> 'NaN' and scale(n) < 9 and b <> ''",
            "delete from odd where n = {n} % 25 * 1.5",
            "delete from odd where n = 'NaN'",
            "insert into indexed select i, 1000 - i, 'v{s}' from generate_series({n}, {n} + {m}) i on conflict do nothing",
            "update indexed set id = id + 2000 where id % 10 = {n} % 10 and id < 2000",
            "update indexed set u = -u where u % 10 = {n} % 10",
            "update indexed set v = '{s}' where u % 10 = {n} % 10",
            "delete from indexed where u % 13 = {n} % 13",
            "insert into whole select i, null, repeat(md5(i::text), 200), i / 3.0 from generate_series({n}, {n} + {m}) i on conflict do nothing",
            "update whole set v = coalesce(v, '') || '{n}' where id % 5 = {n} % 5 and coalesce(length(v), 0) < 100",
            "update whole set id = id + 1000 where id = {n}",
            "delete from whole where id % 7 = {n} % 7",
            "insert into parts select i, i % 4, 'v{s}' from generate_series({n}, {n} + {m}) i on conflict do nothing",
            "update parts set region = (region + 1) % 4 where id % 5 = {n} % 5",
            "update parts set v = '{s}' where id % 5 = {n} % 5",
            "delete from parts where id % 9 = {n} % 9",
            "insert into \"Quoted \"\"Table\" select i, 'it''s \\ {s}', array[i, null] from generate_series({n}, {n} + {m}) i on conflict do nothing",
            "update \"Quoted \"\"Table\" set \"select\" = null, \"a b\" = null where \"Id é\" % 5 = {n} % 5",
            "delete from \"Quoted \"\"Table\" where \"Id é\" % 5 = {n} % 5",
            "insert into wide (id, v1, v3, v4, v5, v6) select i, 'long ' || i, i % 2 = 0, md5(i::text)::uuid, 'ab', i / 3.0 from generate_series({s}, {s} + 1500) i"
                    + " on conflict do nothing",
            "update wide set v1 = v1 || '.' where id between {s} and {s} + 300000 and id % 20 = {n} % 20",
            "delete from wide where id < {s} - 300000 or id > {s} + 300000",
            "select pg_logical_emit_message(true, 'test', '{s}')");

    private static final List<String> TRUNCATES = List.of(
            "truncate parent cascade",
            "truncate parent, child, wide",
            "truncate heap",
            "truncate parts",
            "truncate made restart identity");

    /** Returns a statement, which the server may refuse. */
    static String statement(Random random) {
        List<String> kinds = random.nextInt(60) == 0 ? TRUNCATES : STATEMENTS;
        return kinds.get(random.nextInt(kinds.size()))
                .replace("{n}", String.valueOf(random.nextInt(60)))
                .replace("{m}", String.valueOf(random.nextInt(60)))
                .replace("{s}", String.valueOf(random.nextInt(1_000_000)));
    }
}
