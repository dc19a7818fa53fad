-- What pg2sink needs in a database, and a table to write to.
create role pg2sink login replication password 'pg2sink';
grant create on database shop to pg2sink;

create table orders (id bigint generated always as identity primary key, customer text not null, total numeric(10, 2));
alter table orders owner to pg2sink;
insert into orders (customer, total) values ('Alice', 12.50), ('Bob', 7.00);
