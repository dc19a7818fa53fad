-- finds the job whose turn it is, also among thousands
create index import_jobs_due on pg2sink.import_jobs (subscription, updated_at, id)
    where expired_at is null and state = 'active';
