-- when the begin of the run was delivered; null before
alter table pg2sink.import_jobs add column begun_at timestamptz;

-- what earlier versions began has no begin in the sinks, and goes on without
update pg2sink.import_jobs set begun_at = coalesce(started_at, updated_at) where cursor is not null;
