create table public.products (id int primary key, name text not null, price numeric(10, 2), description text);
insert into public.products values (1, 'Apple', 0.30, 'green'), (2, 'Pear', 0.40, 'yellow');
