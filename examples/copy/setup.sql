create table public.customers (id int primary key, name text not null);
create table public.invoices (id int primary key, customer int references public.customers, total numeric(10, 2));
insert into public.customers values (1, 'Ada'), (2, 'Bob');
insert into public.invoices values (10, 1, 12.50);
