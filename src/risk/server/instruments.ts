// SPDX-License-Identifier: AGPL-3.0-or-later
import { Check, Errors } from 'typebox/value';
import { Problem } from '../../platform/domain/problem.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import { Instrument } from '../domain/instrument.ts';
import { shippedInstruments } from '../domain/instruments/index.ts';
import { findVersions, insertInstrument } from './queries-instruments.ts';

/** Puts the shipped instruments in where they are missing. Twice is once; a newer version made here is left alone. Returns the codes added. */
export async function installInstruments(tx: Tx, newId: () => string): Promise<string[]> {
  const added: string[] = [];
  for (const instrument of shippedInstruments) {
    const versions = await findVersions(tx, instrument.code);
    if (versions.some((v) => v.version >= instrument.version)) continue;
    await insertInstrument(tx, newId(), instrument);
    added.push(instrument.code);
  }
  return added;
}

/** Indicator codes are an instrument's memory: they may come and go between versions, but never twice in one. */
function refuseDoubles(instrument: Instrument): void {
  const seen = new Set<string>();
  for (const { code } of instrument.indicators) {
    if (seen.has(code)) throw new Problem('bad-input', `The indicator ${code} stands in the instrument twice.`);
    seen.add(code);
  }
}

/**
 * Makes `definition` the live version of its code; the version before retires. Answers given under earlier versions go on counting, by
 * indicator code. Standings follow when rescoreAll is called; a version from a file comes through publishFile. Throws Problem 'bad-input' (does not fit the schema) and 'already-there' (that
 * version or a newer one exists).
 */
export async function publishInstrument(tx: Tx, definition: Instrument, newId: () => string): Promise<string> {
  if (!Check(Instrument, definition)) {
    const [first] = Errors(Instrument, definition);
    throw new Problem('bad-input', `The instrument does not fit: ${first?.instancePath || '/'} ${first?.message ?? ''}`.trim());
  }
  refuseDoubles(definition);
  const newest = (await findVersions(tx, definition.code)).at(-1);
  if (newest && newest.version >= definition.version) {
    throw new Problem('already-there', `Version ${newest.version} of ${definition.code} is there already.`);
  }
  if (newest && newest.definition.scores !== definition.scores) {
    throw new Problem('bad-input', `${definition.code} scores a ${newest.definition.scores}; that cannot change between versions.`);
  }
  const instrumentId = newId();
  await insertInstrument(tx, instrumentId, definition);
  return instrumentId;
}
