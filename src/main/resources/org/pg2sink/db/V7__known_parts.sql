-- tables are watched as types are
alter table pg2sink.known_type_parts rename to known_parts;
alter table pg2sink.known_parts rename column type to object;
alter table pg2sink.known_parts add column kind text not null default 'type';
alter table pg2sink.known_parts alter column kind drop default;
alter table pg2sink.known_parts drop constraint known_type_parts_pkey;
alter table pg2sink.known_parts add primary key (subscription, origin, kind, object);

comment on table pg2sink.known_parts is 'What the values in published columns depend on, as pg2sink saw it last: of an enum its values, of a composite type its attributes, of a table its columns and files.';
