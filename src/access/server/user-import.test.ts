// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startApp, type TestApp } from '../../../test/support/app.ts';
import type { Answer, Client } from '../../../test/support/client.ts';
import { writeSpreadsheet } from '../../platform/server/spreadsheet.ts';
import type { Me } from '../domain/account.ts';
import type { UserImport } from '../domain/user-import.ts';

let app: TestApp, nok: Client;
beforeAll(async () => {
  app = await startApp();
  nok = await app.as('administrator');
}, 60_000);
afterAll(() => app?.close());

const send = (content: string | Uint8Array<ArrayBuffer>, dryRun: boolean, name = 'people.csv'): Promise<Answer<UserImport>> =>
  nok.upload<UserImport>('/api/accounts/import', [{ field: 'file', name, content }], {
    dryRun: String(dryRun),
    address: 'https://waymark.example.org/welcome',
  });
const refused = (code: string) => expect.objectContaining({ type: `/problems/${code}` });
const count = async (): Promise<number> =>
  Number((await sql<{ n: string }>`select count(*) as n from waymark.account`.execute(app.db.owner)).rows[0]?.n);

const file = `user_name,display_name,role,place_code,organisation,language
orn.k,Orn,watch_volunteer,XA1101,,th
,มะลิ ใจดี,Watch volunteer,XA:1102,,
,มะลิ ใจดี,watch volunteer,XA1201,,
,"=HYPERLINK(""http://evil.example"",""Kanya"")",analyst,XA1,,
ratana.k,Ratana,case worker,,safe harbour,en
`.replace('XA:1102', 'XA:XA1102');

describe('a file of accounts', () => {
  it('is tried first: every row with what becomes of it, and nothing made', async () => {
    const before = await count();
    const { status, body } = await send(file, true);
    expect([status, body.state, body.slips]).toEqual([200, 'tried', []]);
    expect(body.rows.map(({ row, userName, verdict }) => [row, userName, verdict])).toEqual([
      [2, 'orn.k', 'make'],
      [3, expect.stringMatching(/^[a-z.]+$/), 'make'],
      [4, expect.stringMatching(/^[a-z.]+\.2$/), 'make'],
      [5, expect.stringMatching(/^hyperlink/), 'make'],
      [6, 'ratana.k', 'make'],
    ]);
    expect(await count()).toBe(before);
  });

  it('makes everybody, with a slip each that no spreadsheet runs', async () => {
    const { body } = await send(file, false);
    expect([body.state, body.slips.length]).toEqual(['made', 5]);
    const lines = body.slipsCsv?.split('\r\n') ?? [];
    expect(lines[0]?.slice(1)).toBe('name,user_name,code,address,good_until,role');
    expect(lines.some((line) => line.startsWith(`"'=HYPERLINK`))).toBe(true);
    expect(lines.some((line) => /^[=+@-]/.test(line))).toBe(false);
    expect(lines[1]).toMatch(/^Orn,orn\.k,[2-9a-z-]{19},https:\/\/waymark\.example\.org\/welcome,\d{4}-\d\d-\d\d,watch_volunteer$/);
    const orn = body.slips.find(({ userName }) => userName === 'orn.k')!;
    const chosen = await app.anonymous().post('/api/welcome', { userName: 'orn.k', code: orn.code, password: 'rice boat morning' });
    expect(chosen.status).toBe(200);
    const her = await app.anonymous().signIn('orn.k', 'rice boat morning');
    expect((await her.get<Me>('/api/me')).body).toMatchObject({ locale: 'th', roles: ['watch_volunteer'], home: { code: 'XA1101' } });
    const { rows } = await sql<{
      ids: string[];
    }>`select detail -> 'accountIds' as ids from waymark.audit_entry where action = 'accounts.import'`.execute(app.db.owner);
    expect(rows.map(({ ids }) => ids.length)).toEqual([5]);
    const everything = (await nok.get('/api/audit')).text + (await nok.get('/api/accounts')).text + app.logLines.join();
    for (const { code } of body.slips) expect(everything).not.toContain(code);
  });

  it('again makes nobody and says so; with one row more, one', async () => {
    const before = await count();
    expect((await send(file, false)).body).toMatchObject({
      state: 'nothing-new',
      slips: [],
      rows: Array.from({ length: 5 }, () => ({ verdict: 'there' })),
    });
    expect(await count()).toBe(before);
    const { body } = await send(`${file},Nid,watch volunteer,XA1102,,\n`, false);
    expect([body.state, body.slips.map(({ displayName }) => displayName)]).toEqual(['made', ['Nid']]);
  });

  it('at the same moment by two is made once', async () => {
    const twin = 'name,role,place\nTwin One,watch volunteer,XA1101\nTwin Two,watch volunteer,XA1101\n';
    const answers = await Promise.all([send(twin, false), send(twin, false)]);
    expect(answers.map(({ body }) => body.state).sort()).toEqual(['made', 'nothing-new']);
  });

  it('is taken whole or not at all, each bad row told by row, column and reason', async () => {
    const before = await count();
    const rows: [string, string, RegExp][] = [
      ['good.one,Good,watch volunteer,XA1101,,', '', /^$/],
      ['Bad Name,Ana,analyst,XA1,,', 'userName', /small letters/],
      [',,analyst,XA1,,', 'displayName', /name/],
      [',<b>Ana</b>,analyst,XA1,,', 'displayName', /name/],
      [',Ana,emperor,,,', 'role', /no such role/],
      [',Ana,person,,,', 'role', /page of the person/],
      [',Ana,watch volunteer,XA9999,,', 'place', /no place/],
      [',Ana,watch volunteer,XA11,,', 'place', /village/],
      [',Ana,watch volunteer,,,', 'place', /area/],
      [',Ana,administrator,XA1,,', 'place', /whole installation/],
      [',Ana,case worker,,,', 'organisation', /say which/],
      [',Ana,case worker,,Nowhere House,', 'organisation', /no organisation/],
      [',Ana,analyst,XA1,Safe Harbour,', 'organisation', /leave it empty/],
      [',Ana,analyst,XA1,,klingon!', 'language', /code/],
      ['nok,Ana,analyst,XA1,,', 'userName', /Somebody else/],
      [',Twice,analyst,XA1,,', '', /^$/],
      [',twice ,analyst,XA1,,', 'displayName', /two people/],
      ['one.name,Ana,analyst,XA1,,', '', /^$/],
      ['one.name,Bua,analyst,XA1,,', 'userName', /same user name/],
      ['a,b,c,d,e,f,g,h', '', /column|cell|value/i],
    ];
    const { status, body } = await send(
      `user_name,display_name,role,place_code,organisation,language\n${rows.map(([line]) => line).join('\n')}\n`,
      false,
    );
    expect([status, body.state, body.slips]).toEqual([200, 'refused', []]);
    expect(body.rows.map(({ row, column }) => [row, column ?? ''])).toEqual(rows.map(([, column], i) => [i + 2, column]));
    rows.forEach(([, , reason], i) => expect(body.rows[i]?.reason ?? '').toMatch(reason));
    expect(await count()).toBe(before);
  });

  it('comes as a spreadsheet too, with codes that look like numbers', async () => {
    const book = await writeSpreadsheet(
      [{ name: 'People', headings: ['Name', 'Role', 'Place', 'Remark'], rows: [['Sheet One', 'analyst', 'XA11', 'x']] }],
      new Date(),
    );
    const { body } = await send(new Uint8Array(book), false, 'people.xlsx');
    expect([body.state, body.slips.length, body.notes]).toEqual(['made', 1, expect.arrayContaining(['Not used: Remark.'])]);
  });
});

describe('a hostile file', () => {
  it('is refused with a sentence, and leaves nothing', async () => {
    const before = await count();
    const files: [string, string | Uint8Array<ArrayBuffer>, string, string][] = [
      ['no columns', 'a,b\n1,2\n', 'people.csv', 'unreadable-file'],
      ['nothing', '', 'people.csv', 'unreadable-file'],
      ['a PDF', '%PDF-1.7 x', 'people.csv', 'unreadable-file'],
      ['noise', crypto.getRandomValues(new Uint8Array(4096)), 'people.xlsx', 'unreadable-file'],
      ['half a zip', new Uint8Array([0x50, 0x4b, 3, 4, 20, 0, 0, 0]), 'people.xlsx', 'unreadable-file'],
      ['too many', `name,role\n${'Ana,analyst\n'.repeat(5001)}`, 'people.csv', 'too-large'],
    ];
    for (const [what, content, name, code] of files) expect([what, (await send(content, false, name)).body]).toEqual([what, refused(code)]);
    expect((await nok.post('/api/accounts/import', {})).status).toBeGreaterThanOrEqual(400);
    const two = await nok.upload(
      '/api/accounts/import',
      ['a', 'b'].map((field) => ({ field, name: 'a.csv', content: file })),
      { dryRun: 'true' },
    );
    expect(two.body).toEqual(refused('bad-input'));
    const elsewhere = await nok.upload('/api/accounts/import', [{ field: 'file', name: 'a.csv', content: file }], {
      dryRun: 'true',
      address: 'javascript:alert(1)',
    });
    expect(elsewhere.body).toEqual(refused('bad-input'));
    expect(await count()).toBe(before);
  });

  it('gets no further with SQL, long cells and strange letters in it', async () => {
    const nasty = [`Robert'); drop table waymark.account; --`, 'x'.repeat(9_000), 'a\u0000b', '\u202Egnp.exe', '@SUM(1+1)', '\uFFFF'];
    const { body } = await send(
      `name,role,place\n${nasty.map((name) => `"${name.replaceAll('"', '""')}",analyst,XA1`).join('\n')}\n`,
      true,
    );
    expect(body.rows).toHaveLength(nasty.length);
    expect(body.rows.filter(({ verdict }) => verdict === 'make').map(({ displayName }) => displayName)).toContain(nasty[0]);
    expect(body.rows[1]).toMatchObject({ verdict: 'refused', column: 'displayName' });
    expect(await count()).toBeGreaterThan(0);
  });

  it('leaves nothing where the second half of making fails', async () => {
    const before = await count();
    await sql
      .raw(`create function public.no_login() returns trigger language plpgsql as $$ begin raise exception 'the disk is full'; end $$;
      create trigger no_login before insert on auth."account" for each row execute function public.no_login()`)
      .execute(app.db.owner);
    try {
      expect((await send('name,role,place\nHalf Way,analyst,XA1\n', false)).status).toBe(500);
    } finally {
      await sql.raw('drop function public.no_login() cascade').execute(app.db.owner);
    }
    expect(await count()).toBe(before);
    expect((await send('name,role,place\nHalf Way,analyst,XA1\n', false)).body.state).toBe('made');
  });
});

describe('five thousand people', () => {
  it('are made in seconds', async () => {
    const big = `name,role,place_code\n${Array.from({ length: 5_000 }, (_, i) => `Volunteer ${i},watch volunteer,XA110${1 + (i % 2)}`).join('\n')}\n`;
    const began = performance.now();
    const { body } = await send(big, false);
    const seconds = (performance.now() - began) / 1000;
    expect([body.state, body.slips.length]).toEqual(['made', 5_000]);
    expect(seconds).toBeLessThan(20);
    process.stdout.write(`five thousand accounts in ${seconds.toFixed(1)} s\n`);
    const som = await app.as('district_officer');
    const asked = performance.now();
    expect((await som.get<{ rows: unknown[] }>('/api/volunteers')).body.rows.length).toBeGreaterThan(5_000);
    process.stdout.write(`their officer's list in ${((performance.now() - asked) / 1000).toFixed(2)} s\n`);
  }, 60_000);
});
