-- SPDX-License-Identifier: AGPL-3.0-or-later
-- What Waymark itself knows of an account. account_id is the sign-in library's user id.
create table waymark.account (
  account_id   text primary key,
  user_name    text not null unique,
  display_name text not null,
  locale       text not null default 'en',
  disabled_at  timestamptz,
  failed_sign_ins smallint not null default 0,
  locked_until timestamptz,
  created_at   timestamptz not null default now(),
  version      integer not null default 1
);
alter table waymark.account enable row level security, force row level security;
create policy owner_all on waymark.account to waymark_owner using (true) with check (true);
-- waymark_auth is the gate itself: it must read an account before anybody is signed in.
create policy gate_all on waymark.account to waymark_auth using (true) with check (true);
create policy self_or_admin on waymark.account for select to waymark_app
  using (account_id = waymark.actor_id() or waymark.has_right('accounts.manage'));
create policy admin_write on waymark.account for all to waymark_app
  using (waymark.has_right('accounts.manage')) with check (waymark.has_right('accounts.manage'));
-- Logins hold what they use: sign-in counts failures and makes no accounts.
grant select, update (failed_sign_ins, locked_until) on waymark.account to waymark_auth;
grant select, insert, update on waymark.account to waymark_app;

-- A person may choose the language of her own account and nothing else about it.
create function waymark.set_own_locale(wanted text) returns void
  language sql security definer set search_path = waymark, public, pg_temp
begin atomic
  update waymark.account set locale = wanted where account_id = waymark.actor_id();
end;
grant execute on function waymark.set_own_locale to waymark_app;

-- A post: a role held at a place. place_id is null only for roles without a place (administrator).
create table waymark.post (
  post_id    uuid primary key,
  account_id text not null references waymark.account,
  role       text not null check (role in ('administrator', 'coordinator', 'district_officer', 'analyst')),
  place_id   uuid constraint post_place references waymark.place,
  given_at   timestamptz not null default now(),
  ended_at   timestamptz
);
create index post_account on waymark.post (account_id) where ended_at is null;
alter table waymark.post enable row level security, force row level security;
create policy owner_all on waymark.post to waymark_owner using (true) with check (true);
create policy gate_read on waymark.post for select to waymark_auth using (true);
create policy self_or_admin on waymark.post for select to waymark_app
  using (account_id = waymark.actor_id() or waymark.has_right('accounts.manage'));
create policy admin_write on waymark.post for all to waymark_app
  using (waymark.has_right('accounts.manage')) with check (waymark.has_right('accounts.manage'));
grant select on waymark.post to waymark_auth;
grant select, insert, update on waymark.post to waymark_app;
