// SPDX-License-Identifier: AGPL-3.0-or-later
import fc from 'fast-check';
import { sql, type RawBuilder } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase, type TestDatabase } from '../../../test/support/database.ts';
import { bytes, dates, integers, lists, moments, smallints, uuids, words } from './arrays.ts';

let db: TestDatabase;
beforeAll(async () => {
  db = await testDatabase();
});
afterAll(() => db.close());

/** What the database makes of an array, each element as text. */
async function seen(array: RawBuilder<unknown>): Promise<(string | null)[]> {
  const { rows } = await sql<{ each: (string | null)[] }>`select array(select x::text from unnest(${array}) x) as each`.execute(db.app);
  return rows[0]!.each;
}
const text = (value: string | number | null): string | null => (value === null ? null : String(value));
const many = <T>(one: fc.Arbitrary<T>) => fc.array(fc.option(one), { maxLength: 20 });

describe('An array handed to the database', () => {
  it('has in it what was put in, whatever that is, nothing as well', async () => {
    const one = fc.record({
      whole: many(fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })),
      small: many(fc.integer({ min: -(2 ** 15), max: 2 ** 15 - 1 })),
      ids: many(fc.uuid()),
      days: many(
        fc.date({ min: new Date('0001-01-01'), max: new Date('9999-12-31'), noInvalidDate: true }).map((d) => d.toISOString().slice(0, 10)),
      ),
      at: many(fc.integer({ min: Date.UTC(1, 0, 1) + 2e12, max: Date.UTC(9999, 0, 1) })),
      raw: many(fc.uint8Array({ maxLength: 40 })),
    });
    await fc.assert(
      fc.asyncProperty(one, async ({ whole, small, ids, days, at, raw }) => {
        expect(await seen(sql`${integers(whole)}::integer[]`)).toEqual(whole.map(text));
        expect(await seen(sql`${smallints(small)}::smallint[]`)).toEqual(small.map(text));
        expect(await seen(sql`${uuids(ids)}::uuid[]`)).toEqual(ids);
        expect(await seen(sql`${dates(days)}::date[]`)).toEqual(days);
        const { rows } = await sql<{ each: (number | null)[] }>`
          select array(select (extract(epoch from x) * 1000)::float8 from unnest(${moments(at)}::timestamptz[]) x) as each`.execute(db.app);
        expect(rows[0]!.each).toEqual(at);
        expect(await seen(sql`${bytes(raw)}::bytea[]`)).toEqual(
          raw.map((b) => (b === null ? null : `\\x${Buffer.from(b).toString('hex')}`)),
        );
      }),
      { numRuns: 40 },
    );
  });

  it('may hold words, and lists of numbers of its own', async () => {
    expect(await seen(sql`${words(['self', 'guardian'])}::text[]`)).toEqual(['self', 'guardian']);
    expect(await seen(sql`${lists([['-9223372036854775808', 7], []])}::text[]`)).toEqual(['{-9223372036854775808,7}', '{}']);
  });

  it('is not made of what is no number and no date; of a moment only whole milliseconds count', async () => {
    for (const wrong of [Number.NaN, 1.5, undefined as unknown as number]) {
      expect(() => integers([wrong])).toThrow('not a whole number');
      expect(() => smallints([wrong])).toThrow('not a whole number');
    }
    expect(() => integers([2 ** 31])).toThrow(RangeError);
    expect(() => dates(['nobody knows'])).toThrow('not a whole number');
    expect(await seen(sql`${moments([1_700_000_000_000.75])}::timestamptz[]`)).toEqual(['2023-11-14 22:13:20+00']);
  });

  it('is not made of an id that is none', () => {
    for (const wrong of ['', 'nobody', '0196f1d0-0000-7000-8000-00000000000', 'zz96f1d0-0000-7000-8000-000000000000'])
      expect(() => uuids([wrong])).toThrow('not a uuid');
  });
});
