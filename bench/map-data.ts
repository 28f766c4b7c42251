// SPDX-License-Identifier: AGPL-3.0-or-later
import { brotliCompressSync, constants } from 'node:zlib';
import { sql } from 'kysely';
import type { MapData } from '../src/risk/domain/map-data.ts';
import { line, times, type Line } from './measure.ts';
import type { World } from './world.ts';

interface Asked {
  readonly what: string;
  readonly place: string;
  readonly level: number;
  readonly instrument: string;
  readonly rows: number;
}

const asked: readonly Asked[] = [
  { what: 'demo, 124 villages, people', place: 'XA01', level: 3, instrument: 'household-28', rows: 124 },
  { what: 'demo, 9 districts, people', place: 'XA01', level: 2, instrument: 'household-28', rows: 9 },
  { what: 'Cambodia, 24 provinces', place: 'KH', level: 1, instrument: 'place-secondary-1', rows: 24 },
  { what: 'Cambodia, 194 districts', place: 'KH', level: 2, instrument: 'place-secondary-1', rows: 194 },
  { what: 'Cambodia, 1,621 communes', place: 'KH', level: 3, instrument: 'place-secondary-1', rows: 1621 },
];

/** As the gate squeezes it. */
const squeezed = (text: string): number => brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } }).length;
const kB = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;

interface PlaceRow {
  readonly place_id: string;
  readonly code: string;
  readonly level: number;
  readonly country: string;
}

/** The one who asks, and the places she asks about. */
interface Asking {
  readonly world: World;
  readonly niran: Awaited<ReturnType<World['as']>>;
  readonly places: readonly PlaceRow[];
  readonly idOf: (code: string) => string;
}

/** Map data, boundaries and profiles as a browser asks for them. Against: scoring the same places from their assessments on every request. */
export async function mapData(world: World): Promise<Line[]> {
  const niran = await world.as('niran');
  const { rows: places } = await sql<PlaceRow>`select place_id, code, level, country from waymark.place order by place_id`.execute(
    world.owner,
  );
  const asking: Asking = { world, niran, places, idOf: (code) => places.find((p) => p.code === code)!.place_id };
  return [...(await mapAnswers(asking)), await asItTravels(asking), await boundaries(asking), ...(await profiles(asking))];
}

async function mapAnswers({ world, niran, places, idOf }: Asking): Promise<Line[]> {
  const lines: Line[] = [];
  for (const each of asked) {
    const path = `/api/map?place=${idOf(each.place)}&level=${each.level}&instrument=${each.instrument}`;
    const measured = await times(100, async () => {
      const { status, body } = await niran.get<MapData>(path);
      if (status !== 200 || body.rows.length !== each.rows) throw new Error(`${path}: ${status}, ${body.rows.length} rows`);
    });
    const ids = places.filter((p) => p.level === each.level && p.country === (each.place === 'KH' ? 'KH' : 'XA')).map((p) => p.place_id);
    const readTime =
      each.instrument === 'place-secondary-1'
        ? await times(5, async () => {
            await sql`select count(*) from waymark.score_places(${each.instrument}, ${ids}::uuid[], now())`.execute(world.owner);
          })
        : undefined;
    lines.push(
      line(`map data: ${each.what}`, measured, 'p95', readTime && { what: 'scored at read time, database alone', value: readTime }),
    );
  }
  return lines;
}

async function asItTravels({ niran, idOf }: Asking): Promise<Line> {
  const [plain, told] = await Promise.all(
    ['', '&reasons=true'].map(
      async (more) => (await niran.get(`/api/map?place=${idOf('KH')}&level=3&instrument=place-secondary-1${more}`)).text,
    ),
  );
  return {
    what: 'map data: Cambodia, 1,621 communes, as it travels',
    figure: kB(squeezed(plain!)),
    against: `with the reasons of every commune: ${kB(squeezed(told!))}`,
    ratio: '',
  };
}

async function boundaries({ niran, idOf }: Asking): Promise<Line> {
  const measured = await times(50, async () => {
    await niran.get(`/api/places/${idOf('KH')}/boundaries?level=2`);
  });
  return line('boundaries: Cambodia, 194 districts', measured, 'p95');
}

async function profiles({ niran, places }: Asking): Promise<Line[]> {
  const lines: Line[] = [];
  const of = (country: string) => places.filter((p) => p.country === country);
  for (const [what, among, instrument] of [
    ['Cambodia', of('KH'), 'place-secondary-1'],
    ['demo', of('XA'), 'household-28'],
  ] as const) {
    const measured = await times(150, async (i) => {
      const place = among[(Math.abs(i) * 7919) % among.length]!;
      const { status, text } = await niran.get(`/api/places/${place.place_id}/profile?instrument=${instrument}`);
      if (status !== 200 && status !== 403) throw new Error(`${status} ${text}`);
    });
    lines.push(line(`place profile: ${what}, places at random`, measured, 'p95'));
  }
  return lines;
}
