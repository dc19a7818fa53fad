create table pg2sink.known_partitions (
    subscription text not null,
    -- the server and the database: a restored database has other OIDs
    origin text not null,
    root bigint not null,
    -- the partitions that hold rows, by OID: their names, their files, and what links them to the root
    partitions bigint[] not null,
    names text[] not null,
    files bigint[] not null,
    links text[] not null,
    primary key (subscription, origin, root)
);

comment on table pg2sink.known_partitions is 'The partitions of published partitioned tables, as pg2sink saw them last.';
