// SPDX-License-Identifier: AGPL-3.0-or-later
import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startApp, testPassword, type TestApp } from '../../../test/support/app.ts';
import { signedToken } from './session-cookie.ts';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.close());

describe('The look-up behind every request', () => {
  const age = (days: number) =>
    sql`update auth."session" s set "expiresAt" = now() + make_interval(days => ${14 - days}) where "userId" = ${app.accountIds.coordinator}`.execute(
      app.access.auth,
    );

  it('is one read for a session of today: the library is not asked', async () => {
    const mali = await app.anonymous().signIn('mali', testPassword),
      asked = vi.spyOn(app.access.library.api, 'getSession');
    try {
      expect((await mali.get('/api/me')).body).toMatchObject({ userName: 'mali', roles: ['coordinator'] });
      expect(asked).not.toHaveBeenCalled();
    } finally {
      asked.mockRestore();
    }
  });

  it('renews a session of two days, and ends one of fifteen', async () => {
    const mali = await app.anonymous().signIn('mali', testPassword);
    await age(2);
    const renewed = await mali.get('/api/me');
    expect(renewed.status).toBe(200);
    expect(renewed.headers.getSetCookie().some((line) => line.startsWith('waymark.session_token='))).toBe(true);
    expect((await mali.get('/api/me')).headers.getSetCookie()).toEqual([]);
    await age(15);
    expect((await mali.get('/api/me')).status).toBe(401);
  });

  it('knows at the next request of a post that ended, an account that was disabled, a session that is gone', async () => {
    const mali = await app.anonymous().signIn('mali', testPassword),
      map = `/api/map?place=${app.land.east.placeId}&instrument=none`;
    const post = (ended: boolean) =>
      sql`update waymark.post set ended_at = ${ended ? sql`now()` : sql`null`} where account_id = ${app.accountIds.coordinator}`.execute(
        app.db.owner,
      );
    const account = (disabled: boolean) =>
      sql`update waymark.account set disabled_at = ${disabled ? sql`now()` : sql`null`} where account_id = ${app.accountIds.coordinator}`.execute(
        app.db.owner,
      );
    expect((await mali.get(map)).status).toBe(404);
    await post(true);
    expect((await mali.get(map)).status).toBe(403);
    await post(false);
    await account(true);
    expect((await mali.get('/api/me')).status).toBe(401);
    await account(false);
    expect((await mali.get('/api/me')).status).toBe(200);
    await sql`delete from auth."session" where "userId" = ${app.accountIds.coordinator}`.execute(app.access.auth);
    expect((await mali.get('/api/me')).status).toBe(401);
  });

  it('believes no cookie that anybody changed, though its token is right', async () => {
    const mali = await app.anonymous().signIn('mali', testPassword);
    const value = decodeURIComponent(mali.cookies.get('waymark.session_token') ?? ''),
      token = value.slice(0, value.lastIndexOf('.'));
    for (const forged of [
      token,
      `${token}.`,
      `${token}.${'A'.repeat(43)}=`,
      `${token}.${createHmac('sha256', '').update(token).digest('base64')}`,
      `x${value}`,
    ]) {
      expect((await app.anonymous().get('/api/me', { cookie: `waymark.session_token=${encodeURIComponent(forged)}` })).status).toBe(401);
    }
  });
});

describe('A signed token', () => {
  const name = 'waymark.session_token',
    secret = 's'.repeat(43);
  const sign = (token: string) => encodeURIComponent(`${token}.${createHmac('sha256', secret).update(token).digest('base64')}`);
  const token = fc.string({ unit: fc.constantFrom(...'ABCabc019_-'), minLength: 1, maxLength: 40 });

  it('is read from among other cookies, and not from two of its name', () => {
    fc.assert(
      fc.property(token, (each) => {
        expect(signedToken(`a=1; ${name}=${sign(each)}; b=2`, name, secret)).toBe(each);
        expect(signedToken(`${name}=${sign(each)}; ${name}=${sign(each)}`, name, secret)).toBeNull();
        expect(signedToken(`x${name}=${sign(each)}`, name, secret)).toBeNull();
      }),
    );
  });

  /** A browser may write %2b for %2B: that is the same cookie. */
  const decoded = (value: string): string => value.replaceAll(/%[0-9a-f]{2}/gi, (hex) => hex.toUpperCase());

  it('is nothing once a letter of it is another, or it was signed with another secret', () => {
    fc.assert(
      fc.property(token, fc.nat(), fc.constantFrom(...'ABCabc019_-.%='), (each, at, letter) => {
        const value = sign(each),
          changed = value.slice(0, at % value.length) + letter + value.slice((at % value.length) + 1);
        if (decoded(changed) !== decoded(value)) expect(signedToken(`${name}=${changed}`, name, secret)).toBeNull();
        expect(signedToken(`${name}=${value}`, name, 'another secret of ours')).toBeNull();
      }),
    );
  });
});
