// SPDX-License-Identifier: AGPL-3.0-or-later
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, testPassword } from './support/app.ts';
import { ownSession, makeWorld, type World } from './support/authorisation-world.ts';
import type { Client } from './support/client.ts';

/** What somebody with a browser's tools may write into an address, a form or a header. */
let world: World;
let nok: Client, ploy: Client, som: Client;
beforeAll(async () => {
  world = await makeWorld();
  [nok, ploy, som] = [await world.app.as('administrator'), await world.app.as('analyst'), await world.app.as('district_officer')];
}, 120_000);
afterAll(() => world?.app.close());

const form = [{ field: 'file', name: '../../../etc/p.csv', content: 'code,name\n1,A\n' }];

describe('words of the language itself', () => {
  it.each(['__proto__', 'constructor', 'toString'])('%s is no locale, and the page comes in English', async (locale) => {
    for (const path of [
      `/api/map?place=${world.app.land.province.placeId}&`,
      `/api/places/${world.app.land.east.placeId}/profile?`,
      `/api/places/${world.app.land.east.placeId}/profile?instrument=place-secondary-1&`,
    ]) {
      const { status, text } = await ploy.get(`${path}locale=${locale}`);
      expect([path, status]).toEqual([path, 200]);
      expect(text).toMatch(/Household assessment|Places from area statistics/);
    }
  });

  it('a locale of seven thousand letters is refused', async () => {
    expect((await ploy.get(`/api/map?place=${world.app.land.province.placeId}&locale=${'x'.repeat(7000)}`)).status).toBe(400);
  });
});

describe('mappings made to hurt', () => {
  const bomb = [
    'a: &a [x,x,x,x,x,x,x,x,x]',
    ...[...'bcdefghij'].map((c, i) => `${c}: &${c} [${Array<string>(9).fill(`*${'abcdefghij'[i]}`).join(',')}]`),
  ].join('\n');

  it.each([
    ['keys by the thousand', Array.from({ length: 60_000 }, (_, i) => `k${i}: 1`).join('\n'), 413],
    ['keys on one line', `{${Array.from({ length: 20_000 }, (_, i) => `k${i}`).join(',')}}`, 413],
    ['a tower of brackets', '['.repeat(90_000), 413],
    ['a tower of dashes', '- '.repeat(40_000), 413],
    ['references to references', bomb, 422],
    ['a prototype', '__proto__: { country: XA }\nx: &x { __proto__: { polluted: yes } }\n<<: *x\n', 422],
  ] as const)('%s are refused within a moment', async (_what, mapping, status) => {
    for (const kind of ['places', 'area-stats']) {
      const began = performance.now(),
        answer = await nok.upload('/api/imports', form, { kind, mapping });
      expect([kind, answer.status]).toEqual([kind, status]);
      expect(performance.now() - began).toBeLessThan(10_000);
    }
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});

describe("other people's places", () => {
  it('are not assessed by naming them in the body, and the refusal tells nothing of them', async () => {
    const { west } = world.app.land;
    const { status, text } = await som.post('/api/assessments', {
      assessmentId: '01900000-0000-7000-8000-000000000001',
      subjectKind: 'place',
      subjectId: west.placeId,
      regionId: west.regionId,
      instrument: 'place-secondary-1',
      answers: { poor_households: 3 },
      observedAt: '2025-01-01T00:00:00Z',
    });
    expect([status, text.includes('West')]).toEqual([403, false]);
  });

  it('are not slipped in as a second value', async () => {
    const {
      west,
      eastVillages: [village],
    } = world.app.land;
    const chai = await world.app.as('other_district_officer');
    for (const path of ['/api/map', '/api/map.csv', '/api/map.geojson'])
      expect((await chai.get(`${path}?place=${west.placeId}&place=${village.placeId}`)).status).toBe(400);
  });
});

describe('another site', () => {
  it.each(['https://evil.example', 'null'])('cannot send a form for somebody who is signed in (%s)', async (origin) => {
    const cookie = [...nok.cookies].map(([name, value]) => `${name}=${value}`).join('; '),
      body = new FormData();
    body.append('kind', 'places');
    expect((await fetch(`${world.app.url}/api/imports`, { method: 'POST', headers: { cookie, origin }, body })).status).toBe(403);
  });

  it('never gets a cookie that scripts or other sites could use', async () => {
    const answer = await world.app.anonymous().post('/api/auth/sign-in/username', { username: 'nok', password: testPassword });
    for (const cookie of answer.headers.getSetCookie()) expect(cookie).toMatch(/HttpOnly.*SameSite=Strict/i);
  });
});

describe('passwords and sessions', () => {
  it('a changed password ends every session, also those opened while it changed', async () => {
    const chai = await ownSession(world.app, 'other_district_officer');
    const racing = Array.from({ length: 4 }, () => {
      const client = world.app.anonymous();
      return client.post('/api/auth/sign-in/username', { username: 'chai', password: testPassword }).then(() => client);
    });
    expect((await chai.post('/api/me/password', { current: testPassword, wanted: 'lamp-heron-quiet-9' })).status).toBe(204);
    for (const client of [chai, ...(await Promise.all(racing))]) expect((await client.get('/api/me')).status).toBe(401);
  });
});

describe('setting up', () => {
  it('makes one first administrator, however many try at once', async () => {
    const app = await startApp({ accounts: false });
    try {
      const tries = await Promise.all(
        Array.from({ length: 5 }, (_, i) =>
          app
            .anonymous()
            .post('/api/setup', { code: app.server.setupCode, userName: `first.${i}`, displayName: 'First', password: testPassword }),
        ),
      );
      expect(tries.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409, 409]);
    } finally {
      await app.close();
    }
  }, 60_000);
});
