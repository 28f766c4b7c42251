// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { Problem } from '../../platform/domain/problem.ts';
import { prepared } from '../../platform/server/db.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import type { Instrument } from '../domain/instrument.ts';
import { inAllLanguages } from '../domain/instruments/more-languages.ts';

/** A published version as the database holds it. */
export interface StoredInstrument {
  readonly instrumentId: string;
  readonly code: string;
  readonly version: number;
  readonly state: 'live' | 'retired';
  readonly definition: Instrument;
}

const columns = sql`instrument_id as "instrumentId", code, version, state, definition`;

/** For readers: a published definition as it is, and beside its words those of languages that came later. */
const readable = (stored: StoredInstrument): StoredInstrument => ({ ...stored, definition: inAllLanguages(stored.definition) });

export async function findLiveInstruments(tx: Tx, scores?: 'person' | 'place'): Promise<StoredInstrument[]> {
  const { rows } = await sql<StoredInstrument>`
    select ${columns} from waymark.instrument
    where state = 'live' and (${scores ?? null}::text is null or scores = ${scores ?? null}) order by scores, code`.execute(tx);
  return rows.map(readable);
}

/** A published definition never changes, and reading it takes longer than writing an answer: kept once read. A few dozen in all. */
const published = new Map<string, Instrument>();

/** The live version of an instrument. Throws Problem 'not-found'. */
export async function liveInstrument(tx: Tx, code: string): Promise<StoredInstrument> {
  const {
    rows: [found],
  } = await sql<Omit<StoredInstrument, 'definition'> & { digest: string }>`
    ${prepared} select instrument_id as "instrumentId", code, version, state, digest from waymark.instrument where state = 'live' and code = ${code}`.execute(
    tx,
  );
  if (!found) throw new Problem('not-found', `There is no instrument ${code} in use.`);
  const { digest, ...rest } = found;
  let definition = published.get(digest);
  if (!definition) {
    const {
      rows: [row],
    } = await sql<StoredInstrument>`select definition from waymark.instrument where instrument_id = ${found.instrumentId}`.execute(tx);
    definition = inAllLanguages(row!.definition);
    published.set(digest, definition);
  }
  return { ...rest, definition };
}

/** Every version of an instrument, oldest first. */
export async function findVersions(tx: Tx, code: string): Promise<StoredInstrument[]> {
  const { rows } = await sql<StoredInstrument>`
    select ${columns} from waymark.instrument where code = ${code} order by version`.execute(tx);
  return rows;
}

export async function insertInstrument(tx: Tx, instrumentId: string, definition: Instrument): Promise<void> {
  const codes = definition.indicators.map((i) => i.code);
  const hidden = definition.indicators.filter((i) => i.protected).map((i) => i.code);
  await sql`update waymark.instrument set state = 'retired' where code = ${definition.code} and state = 'live'`.execute(tx);
  await sql`
    insert into waymark.instrument (instrument_id, code, version, scores, definition, indicators, protected_codes, state)
    values (${instrumentId}, ${definition.code}, ${definition.version}, ${definition.scores}, ${JSON.stringify(definition)}::jsonb,
            ${codes}::text[], ${hidden}::text[], 'live')`.execute(tx);
}

/** The time zone of this installation's places, an IANA name. */
export async function findTimeZone(tx: Tx): Promise<string> {
  const {
    rows: [row],
  } = await sql<{ zone: string }>`select waymark.time_zone() as zone`.execute(tx);
  if (!row) throw new Error('the database does not know its time zone');
  return row.zone;
}

/** Questions of these instruments that any version marks as private: what was said of them is private under every version. */
export async function findPrivateCodes(tx: Tx, codes: readonly string[]): Promise<Map<string, Set<string>>> {
  const { rows } = await sql<{ code: string; hidden: string[] }>`
    ${prepared} select code, array_agg(distinct h) as hidden from waymark.instrument cross join lateral unnest(protected_codes) h
    where code = any (${codes}::text[]) group by code`.execute(tx);
  return new Map(rows.map(({ code, hidden }) => [code, new Set(hidden)]));
}

/** Every version there is, the newest of each instrument first, with the day on which it was published. */
export async function findAllVersions(tx: Tx): Promise<(StoredInstrument & { publishedOn: string })[]> {
  const { rows } = await sql<StoredInstrument & { publishedOn: string }>`
    select ${columns}, (created_at at time zone waymark.time_zone())::date::text as "publishedOn" from waymark.instrument order by code, version desc`.execute(
    tx,
  );
  return rows;
}

/** How many people or places a version would be scored for, and how many of them have answers that count now; null: of people, fewer than 11. */
export async function findReach(
  tx: Tx,
  code: string,
  scores: 'person' | 'place',
): Promise<{ subjects: number | null; answered: number | null }> {
  const {
    rows: [row],
  } = await sql<{ subjects: number | null; answered: number | null }>`
    select subjects, answered from waymark.reach_of_instrument(${code}, ${scores})`.execute(tx);
  return row!;
}

/** Before reading for whom there are standings to write: an instrument that is being published now looks again at whom this transaction changes. */
export async function holdInstruments(tx: Tx): Promise<void> {
  await sql`${prepared} select waymark.hold_instruments()`.execute(tx);
}

/** Brings everybody who changed while the first version of an instrument was published in line. False: somebody is changing the register, so try again. */
export async function settleFirstVersion(tx: Tx, code: string): Promise<boolean> {
  const {
    rows: [row],
  } = await sql<{ settled: boolean }>`select waymark.settle_first_version(${code}) as settled`.execute(tx);
  return row?.settled ?? false;
}
