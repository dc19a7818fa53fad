create table pg2sink.import_jobs (
    id bigint generated always as identity primary key,
    subscription text not null,
    -- the table, and its membership in the publication: a table that left and came back is imported anew
    relation oid not null,
    membership oid not null,
    namespace text not null,
    table_name text not null,
    -- what the rows are ordered by, then where the next chunk begins in that order; null at the beginning
    cursor text[],
    state text not null default 'active' check (state in ('active', 'paused', 'completed', 'failed')),
    -- transactions up to this one have to end before the first chunk is read
    barrier xid8 not null default pg_current_xact_id(),
    error text,
    error_count integer not null default 0,
    last_error_at timestamptz,
    due_at timestamptz not null default now(),
    rows_processed_total bigint not null default 0,
    bytes_processed_total bigint not null default 0,
    rows_estimated bigint,
    created_at timestamptz not null default now(),
    started_at timestamptz,
    updated_at timestamptz not null default now(),
    completed_at timestamptz,
    expired_at timestamptz
);

comment on table pg2sink.import_jobs is 'What pg2sink imports: the rows that a published table had before its changes were streamed.';

create unique index import_jobs_live on pg2sink.import_jobs (subscription, relation) where expired_at is null;
