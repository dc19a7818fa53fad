-- what the end of an import tells, beside rows and bytes
alter table pg2sink.import_jobs
    add column chunks bigint not null default 0,
    add column chunks_read_again bigint not null default 0,
    add column retries bigint not null default 0;
