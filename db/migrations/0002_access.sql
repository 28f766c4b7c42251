-- SPDX-License-Identifier: AGPL-3.0-or-later
-- The sign-in library's tables, reviewed and kept apart: only waymark_auth reads them, so the application's
-- role never sees a password hash or a session token. A test asserts that the library would create nothing more.
create schema auth;
grant usage on schema auth to waymark_auth;

create table auth."user" (
  "id" text primary key,
  "name" text not null,
  "email" text not null unique,
  "emailVerified" boolean not null default false,
  "image" text,
  "createdAt" timestamptz not null default now(),
  "updatedAt" timestamptz not null default now(),
  "username" text unique,
  "displayUsername" text
);
create table auth."session" (
  "id" text primary key,
  "expiresAt" timestamptz not null,
  "token" text not null unique,
  "createdAt" timestamptz not null default now(),
  "updatedAt" timestamptz not null default now(),
  "ipAddress" text,
  "userAgent" text,
  "userId" text not null references auth."user" ("id") on delete cascade
);
create index session_by_user on auth."session" ("userId");
create table auth."account" (
  "id" text primary key,
  "accountId" text not null,
  "providerId" text not null,
  "userId" text not null references auth."user" ("id") on delete cascade,
  "accessToken" text,
  "refreshToken" text,
  "idToken" text,
  "accessTokenExpiresAt" timestamptz,
  "refreshTokenExpiresAt" timestamptz,
  "scope" text,
  "password" text,
  "createdAt" timestamptz not null default now(),
  "updatedAt" timestamptz not null default now()
);
create index account_by_user on auth."account" ("userId");
create table auth."verification" (
  "id" text primary key,
  "identifier" text not null,
  "value" text not null,
  "expiresAt" timestamptz not null,
  "createdAt" timestamptz not null default now(),
  "updatedAt" timestamptz not null default now()
);
create index verification_identifier on auth."verification" ("identifier");
grant select, insert, update, delete on all tables in schema auth to waymark_auth;

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
-- A post: a role held at a place. place_id is null only for roles without a place (administrator).
create table waymark.post (
  post_id    uuid primary key,
  account_id text not null references waymark.account,
  role       text not null check (role in ('administrator', 'coordinator', 'district_officer', 'analyst')),
  place_id   uuid,
  given_at   timestamptz not null default now(),
  ended_at   timestamptz
);
create index post_account on waymark.post (account_id) where ended_at is null;

alter table waymark.account enable row level security;
alter table waymark.account force row level security;
alter table waymark.post enable row level security;
alter table waymark.post force row level security;
create policy owner_all on waymark.account to waymark_owner using (true) with check (true);
create policy owner_all on waymark.post to waymark_owner using (true) with check (true);
-- waymark_auth is the gate itself: it must read an account before anybody is signed in.
create policy gate_all on waymark.account to waymark_auth using (true) with check (true);
create policy gate_read on waymark.post for select to waymark_auth using (true);
create policy self_or_admin on waymark.account for select to waymark_app
  using (account_id = waymark.actor_id() or waymark.has_right('accounts.manage'));
create policy admin_write on waymark.account for all to waymark_app
  using (waymark.has_right('accounts.manage')) with check (waymark.has_right('accounts.manage'));
create policy self_or_admin on waymark.post for select to waymark_app
  using (account_id = waymark.actor_id() or waymark.has_right('accounts.manage'));
create policy admin_write on waymark.post for all to waymark_app
  using (waymark.has_right('accounts.manage')) with check (waymark.has_right('accounts.manage'));
grant usage on schema waymark to waymark_auth;
grant select, insert, update on waymark.account to waymark_auth, waymark_app;
grant select on waymark.post to waymark_auth;
grant select, insert, update on waymark.post to waymark_app;
grant select on waymark.installation to waymark_auth;
