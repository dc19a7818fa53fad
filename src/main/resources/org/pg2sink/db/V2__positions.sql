create table pg2sink.positions (
    subscription text primary key,
    -- the history that the positions belong to
    system_identifier text not null,
    database_oid oid not null,
    timeline bigint not null,
    -- how often the server went back although its timelines do not show it
    restarts integer not null default 0,
    confirmed pg_lsn not null,
    -- the slot never stands beyond this, unless somebody else moved it
    permitted pg_lsn not null,
    session bigint not null default 1,
    revision bigint not null default 0,
    -- false once the session has ended in order
    open boolean not null default true,
    updated_at timestamptz not null default now()
);

comment on table pg2sink.positions is 'How far pg2sink has confirmed each subscription, so that a slot that somebody moved is noticed.';
