// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startApp, testPassword, type TestApp } from '../../../test/support/app.ts';
import type { Client } from '../../../test/support/client.ts';
import { setUpApp } from '../../../test/support/second-proof.ts';
import { startSignInService, walkThere, type SignInService } from '../../../test/support/sign-in-service.ts';
import { singleSignOnFrom } from './single-sign-on/settings.ts';

let service: SignInService, app: TestApp;
beforeAll(async () => {
  const started = await startSignInService();
  ({ service } = started);
  app = await startApp({ singleSignOn: service.settings({ countsAsProof: ['mfa'] }) });
  started.allow(app.url);
});
afterAll(async () => {
  await app?.close();
  await service?.close();
});
beforeEach(() => Object.assign(service, { subject: 'nobody', amr: undefined, declines: false, broken: false }));

const refused = (code: string) => expect.objectContaining({ type: `/problems/${code}` });
const signIn = (name: string): Promise<Client> => app.anonymous().signIn(name, testPassword);
const start = async (client: Client, body: object = {}): Promise<string> => {
  const answer = await client.post<{ url: string }>('/api/auth/oidc/start', body);
  if (answer.status !== 200) throw new Error(answer.text);
  return answer.body.url;
};
/** The whole way; answers where Waymark sends the browser in the end. */
const goAndCome = async (client: Client, subject: string, body: object = {}): Promise<string> => {
  service.subject = subject;
  return land(client, await walkThere(await start(client, body), service));
};
const land = async (client: Client, answer: string): Promise<string> => {
  const { pathname, search } = new URL(answer);
  return (await client.get(`${pathname}${search}`)).headers.get('location') ?? '';
};

describe('the other service', () => {
  it('lets Mali in once she linked it herself, signed in', async () => {
    const mali = await signIn('mali');
    expect((await mali.get('/api/me/links')).body).toEqual({ service: 'Ministry', rows: [] });
    expect(await goAndCome(mali, 'mali@ministry', { link: true })).toBe('/account?sso=linked');
    const elsewhere = app.anonymous();
    expect(await goAndCome(elsewhere, 'mali@ministry')).toBe('/');
    expect((await elsewhere.get('/api/me')).body).toMatchObject({ userName: 'mali', missing: null });
    const out = await elsewhere.post<{ elsewhere: string }>('/api/auth/sign-out');
    expect(out.body.elsewhere).toMatch(new RegExp(`^${service.issuer}/session/end\\?.*client_id=waymark`));
    expect((await elsewhere.get('/api/me')).status).toBe(401);
    expect((await mali.post('/api/auth/sign-out')).body).toEqual({ signedOut: true, elsewhere: null });
  });

  it('lets Som in once an administrator linked it by the subject', async () => {
    const nok = await app.as('administrator'),
      path = `/api/accounts/${app.accountIds.district_officer}/links`;
    const linked = await nok.post<{ rows: { linkId: string }[] }>(path, { subject: 'som-4711' });
    expect(linked.status).toBe(201);
    expect((await nok.post(path, { subject: 'mali@ministry' })).body).toEqual(refused('already-there'));
    expect((await nok.post('/api/accounts/no-such/links', { subject: 'x' })).body).toEqual(refused('not-found'));
    const som = app.anonymous();
    expect(await goAndCome(som, 'som-4711')).toBe('/');
    expect((await som.get('/api/me')).body).toMatchObject({ userName: 'som' });
    expect((await nok.delete(`${path}/${linked.body.rows[0]?.linkId}`)).status).toBe(204);
    expect(await goAndCome(app.anonymous(), 'som-4711')).toBe('/?sso=unknown');
  });

  it('opens no account that is not linked or is disabled, in the same words', async () => {
    expect(await goAndCome(app.anonymous(), 'mali')).toBe('/?sso=unknown'); // the name of an account is no link to it
    await sql`update waymark.account set disabled_at = now() where user_name = 'mali'`.execute(app.db.owner);
    const client = app.anonymous();
    expect(await goAndCome(client, 'mali@ministry')).toBe('/?sso=unknown');
    expect((await client.get('/api/me')).status).toBe(401);
    await sql`update waymark.account set disabled_at = null where user_name = 'mali'`.execute(app.db.owner);
    const { rows } = await sql<{ detail: unknown }>`
      select detail from waymark.audit_entry where action = 'access.sign-in-refused' order by at, entry_id`.execute(app.db.owner);
    expect(rows.slice(-2).map(({ detail }) => detail)).toEqual([{ reason: 'not linked' }, { reason: 'disabled' }]);
  });

  it('cannot be linked to two accounts, nor by somebody who has not proved herself lately, nor to a session that ended', async () => {
    const dao = await signIn('dao');
    expect(await goAndCome(dao, 'mali@ministry', { link: true })).toBe('/account?sso=taken');
    service.subject = 'dao@ministry';
    const answer = await walkThere(await start(dao, { link: true }), service);
    await sql`delete from auth."session" where "userId" = ${app.accountIds.other_coordinator}`.execute(app.db.owner);
    expect(await land(dao, answer)).toBe('/?sso=stale');
    const again = await signIn('dao');
    await sql`update auth.session_state set password_at = now() - interval '1 hour'`.execute(app.db.owner);
    expect((await again.post('/api/auth/oidc/start', { link: true })).body).toEqual(refused('fresh-proof-needed'));
    expect((await app.anonymous().post('/api/auth/oidc/start', { link: true })).body).toEqual(refused('not-signed-in'));
  });

  it('counts as second proof only in the words the settings name', async () => {
    const mali = await signIn('mali');
    await setUpApp(mali, new Date());
    const half = app.anonymous();
    service.amr = ['pwd'];
    await goAndCome(half, 'mali@ministry');
    expect((await half.get('/api/me')).body).toMatchObject({ missing: 'proof' });
    const whole = app.anonymous();
    service.amr = ['pwd', 'mfa'];
    await goAndCome(whole, 'mali@ministry');
    expect((await whole.get('/api/me')).body).toMatchObject({ missing: null });
  });
});

describe('an answer', () => {
  it('that was brought before, or in another browser, or after another state, opens nothing', async () => {
    const client = app.anonymous();
    service.subject = 'mali@ministry';
    const answer = await walkThere(await start(client), service);
    expect(await land(app.anonymous(), answer)).toBe('/?sso=stale'); // no errand in that browser
    const wrong = new URL(answer);
    wrong.searchParams.set('state', 'of somebody else');
    expect(await land(client, wrong.href)).toBe('/?sso=refused');

    const second = app.anonymous(),
      url = await start(second),
      cookie = [...second.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const good = await walkThere(url, service);
    expect(await land(second, good)).toBe('/');
    const { pathname, search } = new URL(good);
    const replay = await app.anonymous().get(`${pathname}${search}`, { cookie });
    expect(replay.headers.get('location')).toBe('/?sso=stale');
    expect(replay.headers.getSetCookie().join()).not.toContain('session_token');
    // The same code under a new errand: the service has given it out once.
    const third = app.anonymous();
    const fresh = new URL(await walkThere(await start(third), service));
    fresh.searchParams.set('code', new URL(good).searchParams.get('code') ?? '');
    expect(await land(third, fresh.href)).toBe('/?sso=refused');
  });

  it('of a service that said no, or of nobody, is told in words', async () => {
    service.declines = true;
    expect(await goAndCome(app.anonymous(), 'mali@ministry')).toBe('/?sso=refused');
    expect((await app.anonymous().get('/api/auth/oidc/callback?code=x&state=y')).headers.get('location')).toBe('/?sso=stale');
    const odd = await app.anonymous().get('/api/auth/oidc/callback', { cookie: 'waymark.errand=%00garbage' });
    expect(odd.headers.get('location')).toBe('/?sso=stale');
  });
});

describe('a service that is down', () => {
  it('is told in words at either end, and never keeps anybody from signing in with a password', async () => {
    const client = app.anonymous();
    service.subject = 'mali@ministry';
    const answer = await walkThere(await start(client), service);
    service.broken = true;
    expect(await land(client, answer)).toBe('/?sso=away');
    expect((await (await signIn('som')).get('/api/me')).status).toBe(200);
    service.broken = false;
    expect(await goAndCome(app.anonymous(), 'mali@ministry')).toBe('/');

    const unreachable = await startApp({ singleSignOn: service.settings({ issuer: 'http://127.0.0.1:9' }) });
    try {
      expect((await unreachable.anonymous().get('/api/setup')).body).toMatchObject({ otherService: 'Ministry' });
      expect((await unreachable.anonymous().post('/api/auth/oidc/start', {})).body).toEqual(refused('provider-away'));
      const mali = await unreachable.as('coordinator');
      expect((await mali.get('/api/me')).status).toBe(200);
      expect((await mali.post('/api/auth/sign-out')).status).toBe(200);
    } finally {
      await unreachable.close();
    }
  });

  it('or not there at all is no service', async () => {
    const without = await startApp();
    try {
      expect((await without.anonymous().post('/api/auth/oidc/start', {})).body).toEqual(refused('not-found'));
      expect((await without.anonymous().get('/api/setup')).body).toMatchObject({ otherService: null });
    } finally {
      await without.close();
    }
  });
});

describe('its settings', () => {
  it('come from the environment, whole or not at all', () => {
    expect(singleSignOnFrom({})).toBeNull();
    expect(
      singleSignOnFrom({
        WAYMARK_OIDC_ISSUER: 'https://id.example.org',
        WAYMARK_OIDC_CLIENT_ID: 'w',
        WAYMARK_OIDC_COUNTS_AS_PROOF: 'mfa, otp',
      }),
    ).toEqual({
      issuer: 'https://id.example.org',
      clientId: 'w',
      clientSecret: null,
      label: 'id.example.org',
      countsAsProof: ['mfa', 'otp'],
    });
    expect(() => singleSignOnFrom({ WAYMARK_OIDC_ISSUER: 'http://id.example.org', WAYMARK_OIDC_CLIENT_ID: 'w' })).toThrow('https://');
    expect(() => singleSignOnFrom({ WAYMARK_OIDC_ISSUER: 'https://id.example.org' })).toThrow('WAYMARK_OIDC_CLIENT_ID');
  });
});
