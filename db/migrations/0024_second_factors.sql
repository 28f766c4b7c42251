-- SPDX-License-Identifier: AGPL-3.0-or-later
-- What proves a second time that it is you, and what a session has proved. Only the gate reads any of it (access/server/proofs).

-- The secret of an authenticator app, sealed with a key that is not in the database. last_step: a code that was used is used up.
create table auth.totp (
  account_id text primary key references auth."user" ("id") on delete cascade,
  sealed     bytea not null,
  last_step  bigint not null,
  made_at    timestamptz not null default now(),
  used_at    timestamptz
);

-- A public key whose private half never leaves a phone, a computer or a key on a ring.
create table auth.passkey (
  passkey_id    uuid primary key,
  account_id    text not null references auth."user" ("id") on delete cascade,
  credential_id text not null unique,
  public_key    bytea not null,
  counter       bigint not null,
  transports    text[] not null default '{}',
  name          text not null check (length(name) between 1 and 60),
  made_at       timestamptz not null default now(),
  used_at       timestamptz
);
create index passkey_by_account on auth.passkey (account_id);

-- On paper, ten a set, each good once. Digests keyed with a secret outside the database.
create table auth.recovery_code (
  account_id text not null references auth."user" ("id") on delete cascade,
  digest     bytea not null,
  made_at    timestamptz not null default now(),
  used_at    timestamptz,
  primary key (account_id, digest)
);

-- Beside each session of the sign-in library: when the password was proved in it, when the second proof, and when it was last seen
-- (to ten minutes). One that is gone takes its row along.
create table auth.session_state (
  session_id  text primary key references auth."session" ("id") on delete cascade,
  password_at timestamptz,
  proved_at   timestamptz,
  how         text check (how in ('totp', 'passkey', 'recovery', 'oidc')),
  through     text check (through in ('password', 'passkey', 'oidc')),
  seen_at     timestamptz not null default now()
);

-- Challenges are signed, not stored; those that were answered are kept until they would have run out, so that none is answered twice.
create table auth.spent_challenge (
  digest   bytea primary key,
  until_at timestamptz not null
);
create index spent_challenge_until on auth.spent_challenge (until_at);

-- Who somebody is at a provider of single sign-on. Linked by her own deliberate act or an administrator's, never by an e-mail address.
create table auth.outside_identity (
  link_id    uuid primary key,
  account_id text not null references auth."user" ("id") on delete cascade,
  issuer     text not null,
  subject    text not null check (length(subject) between 1 and 255),
  made_by    text not null,
  made_at    timestamptz not null default now(),
  used_at    timestamptz,
  unique (issuer, subject)
);
create index outside_identity_by_account on auth.outside_identity (account_id);

do $$
declare name text;
begin
  foreach name in array array['totp', 'passkey', 'recovery_code', 'session_state', 'spent_challenge', 'outside_identity'] loop
    execute format('alter table auth.%I enable row level security, force row level security', name);
    execute format('create policy owner_all on auth.%I to waymark_owner using (true) with check (true)', name);
    execute format('create policy gate_all on auth.%I to waymark_auth using (true) with check (true)', name);
    execute format('grant select, insert, update, delete on auth.%I to waymark_auth', name);
  end loop;
end $$;

-- What this installation asks of a role, where it differs from what the role asks by itself (access/domain/roles.ts).
create table waymark.role_policy (
  role         text primary key,
  second_proof boolean not null,
  changed_at   timestamptz not null default now()
);
alter table waymark.role_policy enable row level security, force row level security;
create policy owner_all on waymark.role_policy to waymark_owner using (true) with check (true);
create policy gate_read on waymark.role_policy for select to waymark_auth using (true);
create policy admin_all on waymark.role_policy for all to waymark_app
  using (waymark.has_right('accounts.manage')) with check (waymark.has_right('accounts.manage'));
grant select on waymark.role_policy to waymark_auth;
grant select, insert, update on waymark.role_policy to waymark_app;
