// SPDX-License-Identifier: AGPL-3.0-or-later
import { Problem } from '../../platform/domain/problem.ts';
import type { AuditEntry, Tx } from '../../platform/server/endpoint.ts';
import { changesBetween, meaningFaults, saysTheSame, type InstrumentChange } from '../domain/instrument-change.ts';
import { languagesOf } from '../domain/instrument-file.ts';
import type { Instrument } from '../domain/instrument.ts';
import { inAllLanguages } from '../domain/instruments/more-languages.ts';
import { publishInstrument } from './instruments.ts';
import { readInstrumentText, writeInstrumentText, type InstrumentFault, type InstrumentText } from './instrument-text.ts';
import { findAllVersions, findReach, findVersions, liveInstrument } from './queries-instruments.ts';
import { lockInstrument } from './queries.ts';
import { rescoreForPublishing, type RescoreOptions } from './rescore.ts';

export interface PublishArgs extends RescoreOptions {
  /** As whoever holds `instruments.manage`; the caller keeps the transaction. */
  readonly tx: Tx;
  readonly bytes: Uint8Array;
  /** Codes of questions of which somebody says that only their words are new. */
  readonly sameMeaning: readonly string[];
  /** Looks, and changes nothing. */
  readonly dryRun: boolean;
  readonly now: Date;
  readonly newId: () => string;
  readonly audit: (entry: AuditEntry) => Promise<void>;
  /** What would change, before anything is. */
  readonly onCompared?: (found: Publication) => void;
}

/** `refused`: `faults` says why; `there-already`: this very version is published; `nothing-new`: it says what the one in use says. */
export interface Publication {
  readonly state: 'refused' | 'there-already' | 'nothing-new' | 'tried' | 'published';
  readonly code: string | null;
  readonly version: number | null;
  readonly scores: 'person' | 'place' | null;
  readonly faults: readonly InstrumentFault[];
  readonly change: InstrumentChange | null;
  /** People or places that are scored anew, and those of them with answers that count; null: of people, fewer than 11, or all but fewer than 11. */
  readonly reach: { readonly subjects: number | null; readonly answered: number | null } | null;
}

/**
 * Publishes the version of an instrument that a file holds: it comes into use, the one before goes out of it, everybody is scored anew and figures follow, all in this
 * transaction. Whatever ends it in between leaves the version before, and scores under it. It waits for an import at work, and what people save meanwhile is
 * followed when it is done; whoever came or went while the first version of an instrument was made has her standing under it, or none. Nothing that is wrong with the file is thrown: it stands in `faults`, all of it.
 */
export async function publishFile(args: PublishArgs): Promise<Publication> {
  const { tx, bytes, dryRun, now, newId, audit } = args;
  const text = readInstrumentText(bytes);
  // Before the versions are read: of two who publish at once, the second sees what the first did.
  if (!dryRun && text.definition) await lockInstrument(tx, text.definition.code);
  const { found, definition } = await compare(args, text);
  if (found.state !== 'tried' || !definition) return found;
  args.onCompared?.(found);
  if (dryRun) return found;
  const instrumentId = await publishInstrument(tx, definition, newId);
  await rescoreForPublishing(tx, definition, now, args);
  await audit({
    action: 'instruments.publish',
    subject: instrumentId,
    detail: { code: definition.code, version: definition.version, after: found.change?.after ?? null },
  });
  return { ...found, state: 'published' };
}

async function compare(
  { tx, sameMeaning }: PublishArgs,
  text: InstrumentText,
): Promise<{ found: Publication; definition: Instrument | null }> {
  const stored = text.code === null ? [] : await findVersions(tx, text.code);
  const earlier = stored.map(({ definition }) => inAllLanguages(definition)),
    newest = earlier.at(-1) ?? null,
    { definition } = text;
  const found: Publication = {
    state: 'tried',
    code: text.code,
    version: definition?.version ?? null,
    scores: definition?.scores ?? null,
    faults: [],
    change: null,
    reach: null,
  };
  const live = stored.find(({ state }) => state === 'live');
  if (definition && live && saysTheSame(live.definition, definition)) return { found: { ...found, state: 'there-already' }, definition };
  const faults = [...text.faults, ...besideEarlier(text, earlier, new Set(sameMeaning))];
  if (faults.length > 0 || !definition)
    return { found: { ...found, state: 'refused', faults: faults.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)) }, definition: null };
  const change = changesBetween(newest, definition);
  const same = newest !== null && saysTheSame({ ...newest, version: 0 }, { ...inAllLanguages(definition), version: 0 });
  if (same) return { found: { ...found, state: 'nothing-new', change }, definition };
  return { found: { ...found, change, reach: await findReach(tx, definition.code, definition.scores) }, definition };
}

/** What is wrong with a file beside what was published before. */
function besideEarlier(text: InstrumentText, earlier: readonly Instrument[], sameMeaning: ReadonlySet<string>): InstrumentFault[] {
  const { definition } = text,
    newest = earlier.at(-1),
    faults = meaningFaults(text.sound, earlier, sameMeaning);
  const unknown = [...sameMeaning].filter((code) => !text.sound.some(({ indicator }) => indicator.code === code));
  if (definition && unknown.length > 0)
    faults.push({ path: [], why: `--same-meaning names ${unknown.join(', ')}, and there is no such question in it` });
  const next = (newest?.version ?? 0) + 1;
  if (definition && definition.version !== next)
    faults.push({
      path: ['version'],
      why: newest
        ? `the next version is ${next}: version ${newest.version} is published already, and a published version never changes. Look whether the file was begun from it (./waymark instrument export ${newest.code})`
        : `this instrument is new here, so its version is 1`,
    });
  if (definition && newest && newest.scores !== definition.scores)
    faults.push({ path: ['scores'], why: `${newest.code} scores a ${newest.scores}; that cannot change between versions` });
  return faults.map((fault) => text.place(fault));
}

/** One version as lists tell it. */
export interface VersionLine {
  readonly code: string;
  readonly version: number;
  readonly state: 'live' | 'retired';
  readonly scores: 'person' | 'place';
  readonly title: string;
  readonly questions: number;
  readonly private: number;
  readonly languages: readonly string[];
  readonly publishedOn: string;
}

export async function listVersions(tx: Tx): Promise<VersionLine[]> {
  return (await findAllVersions(tx)).map(({ code, version, state, definition, publishedOn }) => ({
    code,
    version,
    state,
    scores: definition.scores,
    title: definition.title.en,
    questions: definition.indicators.length,
    private: definition.indicators.filter((each) => each.protected).length,
    languages: languagesOf(inAllLanguages(definition)),
    publishedOn,
  }));
}

/** The version in use as the file to start the next one from. Throws Problem `not-found`, `bad-input` (a language that it does not speak). */
export async function exportInstrument(
  tx: Tx,
  code: string,
  wanted?: readonly string[],
): Promise<{ code: string; version: number; text: string }> {
  const { definition, version } = await liveInstrument(tx, code);
  const spoken = languagesOf(definition);
  const missing = wanted?.filter((tag) => !spoken.includes(tag)) ?? [];
  if (missing.length > 0) throw new Problem('bad-input', `${code} does not speak ${missing.join(', ')}; it speaks ${spoken.join(', ')}.`);
  return { code, version, text: writeInstrumentText(definition, version, wanted ? [...new Set(['en', ...wanted])] : spoken) };
}
