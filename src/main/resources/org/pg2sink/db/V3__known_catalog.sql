-- what the catalog told of published tables, for changes that are streamed after somebody dropped or altered them

create table pg2sink.known_types (
    -- the server and the database: a restored database has other OIDs
    origin text not null,
    type bigint not null,
    namespace text not null,
    name text not null,
    kind text not null,
    element bigint not null,
    delimiter text not null,
    base bigint not null,
    base_modifier integer not null,
    primary key (origin, type, namespace, name)
);

comment on table pg2sink.known_types is 'The types of published columns, as pg2sink saw them.';

create table pg2sink.known_keys (
    origin text not null,
    relation bigint not null,
    key text[] not null,
    since pg_lsn not null,
    -- the transaction that made it; 0 if the table had none
    made_by bigint not null,
    primary key (origin, relation, since)
);

comment on table pg2sink.known_keys is 'The primary keys of published tables whose replica identity is another, and since when.';
