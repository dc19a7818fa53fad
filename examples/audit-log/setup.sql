-- in the database that is watched
create table public.accounts (id int primary key, owner text not null, balance numeric(10, 2) not null);
-- so that the log has all of a row before it was changed, not only its key
alter table public.accounts replica identity full;
