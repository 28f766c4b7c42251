// SPDX-License-Identifier: AGPL-3.0-or-later
import { sql } from 'kysely';
import { rightRow, rightsOf, type Right } from '../access/domain/rights.ts';
import { roles } from '../access/domain/roles.ts';
import { asksProof } from '../access/domain/second-proof.ts';
import type { Access } from '../access/server/index.ts';
import { writeAudit } from '../audit/server/index.ts';
import type { OtherService, RoleFacts } from '../people/domain/impact.ts';
import type { ToldInstrument } from '../people/domain/printout.ts';
import type { ToldByOthers } from '../people/server/index.ts';
import type { Tx } from '../platform/server/endpoint.ts';
import type { PersonOnPaper } from '../risk/domain/person-paper.ts';
import { instrumentsOfPeople, personOnPaper } from '../risk/server/index.ts';
import { uuidv7 } from 'uuidv7';

/** What the risk room says of somebody, as the page she is handed says it: nobody's answers but hers and her household's. */
function toldInstrument({ instrument, standing, hidden, timeline }: PersonOnPaper): ToldInstrument {
  return {
    title: instrument.title,
    standing,
    hidden,
    answers: timeline.flatMap(({ about, observedAt, recordedAt, role, imported, answers }) =>
      answers.map(({ title, answer, text, voided }) => ({
        about,
        question: title,
        answer: text ?? String(answer),
        worded: text !== null,
        observedAt,
        recordedAt,
        role,
        imported,
        voided: voided !== null,
      })),
    ),
  };
}

const readingRights: readonly Right[] = ['people.read', 'identity.read', 'assigned.read', 'own.read', 'protected.read', 'audit.read-whole'];

async function roleFacts(tx: Tx): Promise<RoleFacts[]> {
  const { rows } = await sql<{ role: string; asked: boolean }>`select role, asked from waymark.proof_policy()`.execute(tx);
  const { rows: of } = await sql<{ demo: boolean }>`select is_demo as demo from waymark.installation`.execute(tx);
  const policy = Object.fromEntries(rows.map(({ role, asked }) => [role, asked]));
  return roles.map((role) => {
    const held = rightsOf(role);
    return {
      role,
      rights: held.map((right) => rightRow(right).says),
      secondProof: asksProof(role, policy, of[0]?.demo ?? false),
      decides: held.includes('erasure.order'),
      reads: readingRights.filter((right) => held.includes(right)),
    };
  });
}

/** The other service that vouches for people, as this installation is set up. */
export function otherServiceOf({ provider }: Pick<Access, 'provider'>): OtherService | null {
  if (!provider) return null;
  const { label, countsAsProof } = provider.settings;
  return { label, countsAsProof: countsAsProof.length > 0 };
}

/** What the people room asks of the rooms above and beside it for pages that tell everything. */
export const told: Omit<ToldByOthers, 'otherService'> = {
  async answersOf(ctx, key, locale) {
    const first = await personOnPaper(ctx, key, { locale });
    const others = first.instruments.filter(({ code }) => code !== first.instrument.code);
    const rest: PersonOnPaper[] = [];
    for (const { code } of others) rest.push(await personOnPaper(ctx, key, { locale, instrument: code }));
    return [first, ...rest].map(toldInstrument);
  },
  roles: roleFacts,
  async asked(tx, locale) {
    return instrumentsOfPeople(tx, locale);
  },
  async sealed(tx) {
    const { rows } = await sql<{ seals: number | null; sealedAt: Date | null; waiting: number }>`
      select seal_no as seals, sealed_at as "sealedAt", waiting from waymark.seal_state()`.execute(tx);
    const row = rows[0];
    return { seals: row?.seals ?? 0, sealedAt: row?.sealedAt?.toISOString() ?? null, waiting: row?.waiting ?? 0 };
  },
  writeDown: (tx, actorId, entry) => writeAudit(tx, actorId, entry, uuidv7),
};
