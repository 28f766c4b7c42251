// SPDX-License-Identifier: AGPL-3.0-or-later
import { dateKey } from '../../../people/domain/age-group.ts';
import type { Tx } from '../../../platform/server/endpoint.ts';
import type { AnyPeopleMapping } from '../../domain/people-mapping.ts';
import { fresh, type Gathered } from './gathered.ts';
import { findKnown, type KnownPerson } from './queries-people.ts';

export interface Settled {
  /** People of the file who are in the register already; Gathered.known counts them. */
  readonly known: readonly KnownPerson[];
  readonly notes: readonly string[];
}

interface Args {
  readonly tx: Tx;
  readonly batchId: string;
  readonly mapping: AnyPeopleMapping;
  readonly gathered: Gathered;
  refuse(row: number, reason: string): Promise<void>;
}

const atOnce = 10_000;

/** Whose rows these are: says of each whether she is new or known, and drops those that cannot be anybody's. */
export async function settleWho({ tx, batchId, mapping, gathered, refuse }: Args): Promise<Settled> {
  const drop = async (i: number, reason: string): Promise<void> => {
    gathered.dropped[i] = 1;
    await refuse(gathered.rows[i]!, reason);
  };
  // A later round may ask somebody twice; a list of people has each once, and nobody can tell which of two rows is right.
  if (mapping.kind === 'people') {
    for (const group of gathered.repeated()) {
      const rows = group.map((i) => gathered.rows[i]!).sort((a, b) => a - b);
      for (const i of group)
        await drop(i, `this id comes more than once, in rows ${rows.slice(0, 5).join(', ')}${rows.length > 5 ? ' and more' : ''}`);
    }
  }
  const { known, closed, erased } = await findAll(tx, batchId, mapping.source, gathered);
  let differ = 0;
  for (let i = 0; i < gathered.count; i++) {
    if (gathered.dropped[i]) continue;
    const person = known[gathered.known[i]!];
    if (erased.has(i)) await drop(i, 'this person was erased; ask the data protection officer');
    else if (!person) {
      // Of a later round, whether an id is known elsewhere is nobody's to learn; of a list of people it cannot be taken twice.
      if (mapping.kind === 'observations') await drop(i, 'nobody of this source has this id here');
      else if (closed.has(i)) await drop(i, 'the record of this person lies outside the area you work in, or is closed');
    } else if (person.restricted)
      await drop(i, 'nothing new may be recorded about this person until the data protection officer has decided');
    else if (mapping.kind === 'people' && isOther(gathered, i, person)) differ++;
  }
  const notes =
    differ > 0
      ? [`${differ} people are here already with another sex or birth date than the file says; their records are left as they are.`]
      : [];
  return { known, notes };
}

function isOther(gathered: Gathered, i: number, { sex, bornOn }: KnownPerson): boolean {
  const born = gathered.born[i]!;
  return (gathered.sexes[i] !== 0 && gathered.sexes[i] !== sex) || (born !== 0 && bornOn !== null && born !== dateKey(bornOn));
}

interface Found {
  readonly known: KnownPerson[];
  /** Rows whose id is taken by a record that is not the importer's to see. */
  readonly closed: ReadonlySet<number>;
  /** Rows of people who were erased. */
  readonly erased: ReadonlySet<number>;
}

async function findAll(tx: Tx, batchId: string, source: string, gathered: Gathered): Promise<Found> {
  const known: KnownPerson[] = [],
    closed = new Set<number>(),
    erased = new Set<number>();
  for (let key = 0; key < gathered.digests.length; key++) {
    for (let from = 0; from < gathered.count; from += atOnce) {
      const rows = new Map<string, number[]>();
      for (let i = from; i < Math.min(gathered.count, from + atOnce); i++) {
        if (gathered.dropped[i] || gathered.known[i] !== fresh) continue;
        const hex = gathered.digest(i, key)!.toString('hex');
        rows.set(hex, [...(rows.get(hex) ?? []), i]);
      }
      const digests = [...rows.keys()].map((hex) => Buffer.from(hex, 'hex'));
      for (const found of await findKnown(tx, batchId, source, digests)) {
        const of = rows.get(found.digest.toString('hex')) ?? [];
        if (!found.inside) {
          for (const i of of) (found.erased ? erased : closed).add(i);
          continue;
        }
        const at = known.push(found) - 1;
        for (const i of of) gathered.known[i] = at;
      }
    }
  }
  return { known, closed, erased };
}
