// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Client } from '../test/support/client.ts';
import { ms, times } from './measure.ts';
import { ways } from './people-list.ts';
import type { RegisterWorld } from './register-world.ts';

/** What somebody waits for who opens a page of the register: over HTTP, with the words, as the coordinator of the country. */
export async function reads(client: Client, { placesOf, anybody }: RegisterWorld, size: number): Promise<void> {
  const people = await anybody(400);
  const [country, provinces, districts, villages] = await Promise.all([0, 1, 2, 4].map((level) => placesOf('B', level)));
  const one = (ids: readonly string[] | undefined, i: number): string => ids![Math.abs(i) % ids!.length]!;
  const person = (i: number) => people[Math.abs(i) % people.length]!;
  const list = (place: string, query: object): string =>
    `/api/people/list?${new URLSearchParams({ place, ...Object.fromEntries(Object.entries(query).map(([key, value]) => [key, String(value)])) }).toString()}`;
  const asked: readonly (readonly [string, (i: number) => string])[] = [
    ...ways.map(([what, query]) => [`list of the country, ${what}`, () => list(one(country, 0), query)] as const),
    ['list of a province, high, by renewal', (i) => list(one(provinces, i), { bands: '3', sort: 'renewal' })],
    ['list of a village', (i) => list(one(villages, i), {})],
    ['a person, record', (i) => `/api/people/${person(i).regionId}/${person(i).personId}`],
    ['a person, risk', (i) => `/api/people/${person(i).regionId}/${person(i).personId}/risk`],
    ['ranking of the country', () => `/api/where-first?place=${one(country, 0)}`],
    ['ranking of a province', (i) => `/api/where-first?place=${one(provinces, i)}`],
    ['profile of the country', () => `/api/places/${one(country, 0)}/profile?instrument=household-28`],
    ['profile of a district', (i) => `/api/places/${one(districts, i)}/profile?instrument=household-28`],
    ['profile of a village', (i) => `/api/places/${one(villages, i)}/profile?instrument=household-28`],
    ['map of a province', (i) => `/api/map?place=${one(provinces, i)}&instrument=household-28`],
  ];
  for (const [what, path] of asked) {
    const { p50, p95, p99 } = await times(100, async (i) => {
      const { status, text } = await client.get(path(i));
      if (status !== 200) throw new Error(`${path(i)}: ${status} ${text}`);
    });
    console.log(`| ${size.toLocaleString('en')} | ${what}, over HTTP | ${ms(p50)} | ${ms(p95)} | ${ms(p99)} |`);
  }
}
