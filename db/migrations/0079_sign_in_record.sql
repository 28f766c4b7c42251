-- SPDX-License-Identifier: AGPL-3.0-or-later
-- What sign-in does and the row that says so are one transaction: the login that keeps passwords and sessions writes those rows, and no others.
grant insert (entry_id, actor_id, action, place_id, subject, detail) on waymark.audit_entry to waymark_auth;
create policy audit_sign_in on waymark.audit_entry for insert to waymark_auth
  with check (action like 'access.%' or action in ('accounts.password', 'accounts.password-refused', 'accounts.new-password'));
