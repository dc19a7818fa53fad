create table public.articles (id int primary key, name text not null, price numeric(10, 2));
insert into public.articles values (1, 'Apple', 0.30), (2, 'Pear', 0.40);
