create table pg2sink.known_type_parts (
    subscription text not null,
    -- the server and the database: a restored database has other OIDs
    origin text not null,
    type bigint not null,
    -- of an enum OID/label of each value, of a composite type the number of each attribute
    parts text[] not null,
    primary key (subscription, origin, type)
);

comment on table pg2sink.known_type_parts is 'The values of enums and attributes of composite types in published columns, as pg2sink saw them last.';
