// SPDX-License-Identifier: AGPL-3.0-or-later
import { InvalidArgumentError, type Command } from 'commander';
import type { MapData, MapRow } from '../../risk/domain/map-data.ts';
import type { Profile } from '../../risk/domain/profile.ts';
import { ask, atCommandLine, placeByCode } from '../command-line.ts';
import { answer, withCommon, type CommonOptions } from '../terminal.ts';

export interface ShowOptions extends CommonOptions {
  readonly place?: string;
  readonly level?: number;
  readonly instrument?: string;
  readonly locale: string;
  readonly date?: string;
}

const bandWords = ['unknown', 'low', 'medium', 'high'] as const;

export function addRisk(program: Command): void {
  const risk = program
    .command('risk')
    .description('figures: show, explain')
    .addHelpText('after', '\nExample:\n  $ ./waymark risk show --place XA01');
  ofPlace(
    withCommon(
      risk.command('show'),
      './waymark risk show --place XA01',
      './waymark risk show --place KH --level 3 --instrument place-secondary-1 --json',
    ),
  )
    .description('the parts of a place and how they stand')
    .action(show);
  withCommon(risk.command('explain').argument('<place>', 'its code'), './waymark risk explain XA0103')
    .description('why a place stands where it does: drivers, what is missing, sources')
    .option('--instrument <code>', 'which instrument')
    .option('--locale <language>', 'the language of the words', 'en')
    .action(explainPlace);
}

/** The options that say which figures: what the map asks for. */
export function ofPlace(command: Command): Command {
  return command
    .option('--place <code>', 'the place whose parts are wanted (with its country where codes repeat: KH:0101)')
    .option('--level <number>', 'the level of the parts (otherwise the next one down)', levelNumber)
    .option('--instrument <code>', 'which instrument')
    .option('--date <date>', 'as it stood at the end of the month before this date (2026-10-31)', isoDate)
    .option('--locale <language>', 'the language of the words', 'en');
}

export function mapQuery(place: string, options: ShowOptions): object {
  return {
    place,
    locale: options.locale,
    ...(options.level === undefined ? {} : { level: options.level }),
    ...(options.instrument ? { instrument: options.instrument } : {}),
    ...(options.date ? { date: options.date } : {}),
  };
}

async function show(options: ShowOptions): Promise<void> {
  await atCommandLine(options.data, async (line) => {
    const { mapEndpoints } = await import('../../risk/server/index.ts');
    const place = await placeByCode(line.owner, options.place);
    const data = await ask<MapData>(line, mapEndpoints(line.owner), '/api/map', { query: mapQuery(place, options) });
    answer(options, data, [
      `${data.place.name}, ${data.instrument.title}, as of ${data.asOf}`,
      ...(data.rows.length === 0 ? [`Nothing of it lies at level ${data.level}.`] : []),
      ...[...data.rows, data.total].map(rowLine),
    ]);
  });
}

async function explainPlace(code: string, options: ShowOptions): Promise<void> {
  await atCommandLine(options.data, async (line) => {
    const { mapEndpoints } = await import('../../risk/server/index.ts');
    const placeId = await placeByCode(line.owner, code);
    const profile = await ask<Profile>(line, mapEndpoints(line.owner), '/api/places/:placeId/profile', {
      params: { placeId },
      query: { locale: options.locale, ...(options.instrument ? { instrument: options.instrument } : {}) },
    });
    answer(options, profile, [
      `${profile.place.name}, ${profile.instrument.title}, as of ${profile.asOf}`,
      rowLine(profile.own),
      ...profile.drivers.map(
        (driver) => `  ${driver.score ?? (driver.value === null ? '' : `${Math.round(100 * driver.value)} %`)}`.padEnd(8) + driver.text,
      ),
      ...profile.missing.indicators.map(
        (missing) =>
          `  ?  ${missing.title}: ${{ never: 'never measured', expired: `ran out${missing.since ? ` on ${missing.since}` : ''}`, unknown: 'asked, not known' }[missing.why]}`,
      ),
    ]);
  });
}

/** What is held back stays so here: the figures come through the same disclosure rules as on screen. */
function rowLine(row: MapRow): string {
  const figures = row.counts
    ? (['n', 'high', 'medium', 'low', 'unknown'] as const)
        .map((key) => `${key === 'n' ? 'people' : key} ${row.counts?.[key] ?? 'held back'}`)
        .join(', ')
    : row.index === null
      ? 'no data'
      : `index ${row.index} (${row.low} to ${row.high}), coverage ${row.coverage} %`;
  return `${row.code.padEnd(12)} ${row.name.padEnd(32)} ${bandWords[row.band]?.padEnd(8) ?? ''} ${figures}`;
}

function isoDate(text: string): string {
  const read = /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00:00Z`) : null;
  if (!read || Number.isNaN(read.getTime()) || read.toISOString().slice(0, 10) !== text)
    throw new InvalidArgumentError('Write a date as year-month-day, such as 2026-10-31.');
  return text;
}

function levelNumber(text: string): number {
  if (!/^\d$/.test(text)) throw new InvalidArgumentError('A level is a number from 0 (the country) to 9.');
  return Number(text);
}
