create table customers (id int primary key, name text not null);
create table invoices (id int primary key, customer int references customers, total numeric(10, 2));
insert into customers values (1, 'Ada'), (2, 'Bob');
insert into invoices values (10, 1, 12.50);
