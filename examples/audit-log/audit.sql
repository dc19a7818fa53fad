-- in the database that has the log
create schema audit;

create table audit.log (
    timeline text,
    lsn pg_lsn,
    sequence bigint,
    entry jsonb not null,
    primary key (timeline, lsn, sequence)
);

create view audit.changes as
select change.entry ->> 'timestamp' as committed,
       (message.entry #>> '{after,content}')::jsonb ->> 'who' as who,
       change.entry ->> 'name' as "table",
       change.entry ->> 'operation' as operation,
       change.entry -> 'before' as before,
       change.entry -> 'after' as after
from audit.log change
left join audit.log message
       on message.timeline = change.timeline and message.lsn = change.lsn and message.entry ->> 'operation' = 'message'
where change.entry ->> 'operation' <> 'message'
order by change.timeline, change.lsn, change.sequence;
