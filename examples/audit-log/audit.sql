-- in the database that has the log
create schema audit;

create table audit.log (
    timeline text,
    lsn pg_lsn,
    sequence bigint,
    entry jsonb not null,
    primary key (timeline, lsn, sequence)
);

-- each change, with the last message before it in its transaction
create view audit.changes as
select change.entry ->> 'timestamp' as committed,
       message.content::jsonb ->> 'who' as who,
       change.entry ->> 'name' as "table",
       change.entry ->> 'operation' as operation,
       nullif(change.entry -> 'before', 'null') as before,
       nullif(change.entry -> 'after', 'null') as after
from audit.log change
left join lateral (
    select entry #>> '{after,content}' as content
    from audit.log
    where timeline = change.timeline and lsn = change.lsn and sequence < change.sequence
        and entry ->> 'operation' = 'message'
    order by sequence desc
    limit 1
) message on true
where change.entry ->> 'operation' <> 'message'
order by change.timeline, change.lsn, change.sequence;
