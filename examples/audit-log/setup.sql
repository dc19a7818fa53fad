-- in the database that is watched
create table accounts (id int primary key, owner text not null, balance numeric(10, 2) not null);
-- so that the log has all of a row before it was changed, not only its key
alter table accounts replica identity full;
