// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Kysely } from 'kysely';
import { checkSeal, type ChainFault, type Link } from '../domain/chain.ts';
import { compareWithHeads, type HeadFault } from '../domain/head.ts';
import type { Seal } from '../domain/seal.ts';
import { HeadLog } from './head-log.ts';
import { findEntries, findLooseEntries, listSealsAfter, readTail, type Loose } from './queries-seal.ts';
import { sha256 } from './sealer.ts';

export interface RecordFinding {
  readonly state: 'well' | 'note' | 'ill';
  readonly detail: string;
}

/** A seal a moment old may still be on its way to the note, and an entry of this second waits for its seal. */
const waitsTooLong = 60;
const entriesAtOnce = 20_000;

/** Walks the whole chain, some seals at a time, and compares it with what was noted outside. As the owner; changes nothing. */
export async function examineRecord(db: Kysely<unknown>, dataFolder: string): Promise<RecordFinding> {
  // Notes first: the chain may grow while it is walked, and a note is never ahead of the chain.
  const { lines, torn, there } = await new HeadLog(dataFolder).read();
  const asked = new Set(lines.map(({ seal }) => seal));
  const walked = await walkChain(db, asked);
  const compared = compareWithHeads(lines, walked.last?.sealNo ?? 0, (sealNo) => walked.digests.get(sealNo));
  const loose = await findLooseEntries(db, 3);
  const tail = await readTail(db);
  const missing = !there && walked.last !== null;
  // Where the walk found a fault, a digest that differs from the note says the same again.
  const headFaults = compared.faults.filter(({ kind }) => kind === 'shorter' || (kind === 'other-digest' && walked.faults.length === 0));
  const ills = [
    ...walked.faults.map(chainWords),
    ...(missing
      ? ['there is no audit/head.log beside the database, so a chain cut short would not be noticed']
      : headFaults.map(headWords)),
    ...loose.map(looseWords),
    ...((tail.ageSeconds ?? 0) > waitsTooLong * 60
      ? [`${tail.waiting} entries wait to be sealed, the oldest for ${ageWords(tail.ageSeconds)}: is Waymark running?`]
      : []),
  ];
  const behind = missing ? undefined : compared.faults.find((fault) => fault.kind === 'behind');
  const notes = [
    ...(behind ? [headWords(behind)] : []),
    ...compared.restores.map(({ at, seal, left }) =>
      left > 0
        ? `a backup was brought back on ${at}: it ended at seal ${seal}, and ${left} seals noted before are not in it`
        : `a backup was brought back on ${at}, at seal ${seal}`,
    ),
    ...compared.begun.map(({ at, seal }) => `notes in head.log begin at seal ${seal} on ${at}; of seals before it none was kept here`),
    ...(torn > 0 ? [`${torn} lines of head.log cannot be read`] : []),
    ...(ills.length === 0 && (tail.ageSeconds ?? 0) > waitsTooLong ? [tailWords(tail)] : []),
  ];
  const whole = `${walked.entries} entries in ${walked.last?.sealNo ?? 0} seals`;
  if (ills.length > 0) return { state: 'ill', detail: [...ills, ...notes].join('; ') };
  if (notes.length > 0) return { state: 'note', detail: [`${whole} hold`, ...notes].join('; ') };
  return { state: 'well', detail: `${whole} hold and are the ones noted outside; ${tailWords(tail)}` };
}

interface Walked {
  readonly last: Link | null;
  readonly entries: number;
  readonly digests: ReadonlyMap<number, string>;
  readonly faults: readonly ChainFault[];
}

/** Stops at the first fault: behind it everything differs, and the first one says where to look. */
async function walkChain(db: Kysely<unknown>, asked: ReadonlySet<number>): Promise<Walked> {
  const digests = new Map<number, string>();
  const faults: ChainFault[] = [];
  let last: Link | null = null,
    entries = 0;
  for (;;) {
    const seals: Seal[] = await listSealsAfter(db, last?.sealNo ?? 0, 200);
    if (seals.length === 0) return { last, entries, digests, faults };
    for (const some of inPortions(seals)) {
      const found = new Map(
        (
          await findEntries(
            db,
            some.flatMap(({ entryIds }) => entryIds),
          )
        ).map((entry) => [entry.entryId, entry]),
      );
      for (const seal of some) {
        if (faults.length === 0) faults.push(...checkSeal(sha256, last, seal, found));
        if (asked.has(seal.sealNo)) digests.set(seal.sealNo, seal.digest);
        entries += seal.entryIds.length;
        last = { sealNo: seal.sealNo, digest: seal.digest };
      }
    }
  }
}

function inPortions(seals: readonly Seal[]): Seal[][] {
  const portions: Seal[][] = [];
  let size = Infinity;
  for (const seal of seals) {
    if (size + seal.entryIds.length > entriesAtOnce) {
      portions.push([]);
      size = 0;
    }
    portions.at(-1)?.push(seal);
    size += seal.entryIds.length;
  }
  return portions;
}

function chainWords(fault: ChainFault): string {
  switch (fault.kind) {
    case 'gap':
      return `seal ${fault.expected} is missing (after it comes ${fault.sealNo})`;
    case 'cut':
      return `seal ${fault.sealNo} does not follow the one before it`;
    case 'gone':
      return `entry ${fault.entryId} of seal ${fault.sealNo} is gone`;
    case 'changed':
      return `seal ${fault.sealNo} or one of its entries was changed`;
  }
}

function headWords(fault: HeadFault): string {
  switch (fault.kind) {
    case 'shorter':
      return `the chain ends at seal ${fault.held}, but seal ${fault.noted} was noted in head.log: its end was cut off`;
    case 'other-digest':
      return `seal ${fault.sealNo} is not the one noted in head.log: the chain was written anew`;
    case 'behind':
      return `seals ${fault.noted + 1} to ${fault.held} are not noted in head.log yet`;
  }
}

function looseWords({ kind, entryId }: Loose): string {
  switch (kind) {
    case 'neither':
      return `entry ${entryId} is neither sealed nor waiting`;
    case 'twice':
      return `entry ${entryId} is kept twice`;
    case 'queued-gone':
      return `entry ${entryId} waits to be sealed and is gone`;
  }
}

function tailWords({ waiting, ageSeconds }: { waiting: number; ageSeconds: number | null }): string {
  return waiting === 0 ? 'nothing waits' : `${waiting} wait to be sealed, the oldest for ${ageWords(ageSeconds)}`;
}

function ageWords(seconds: number | null): string {
  const age = seconds ?? 0;
  if (age < 120) return `${Math.round(age)} seconds`;
  return age < 7200 ? `${Math.round(age / 60)} minutes` : `${Math.round(age / 3600)} hours`;
}
