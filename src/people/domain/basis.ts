// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type, type Static } from 'typebox';
import { Purpose } from './consent.ts';

/** The grounds on which laws on personal data let somebody be recorded; `citation` says which law, article or agreement. */
export const grounds = ['consent', 'legal_obligation', 'vital_interests', 'public_task', 'legitimate_interests'] as const;
export const Ground = Type.Unsafe<(typeof grounds)[number]>(Type.Enum([...grounds]));
export type Ground = Static<typeof Ground>;

const day = Type.String({ format: 'date' });

export const NewBasis = Type.Object(
  {
    basisId: Type.String({ format: 'uuid' }),
    title: Type.String({ minLength: 1, maxLength: 200 }),
    ground: Ground,
    citation: Type.String({ minLength: 1, maxLength: 2000 }),
    purposes: Type.Array(Purpose, { minItems: 1, maxItems: 4, uniqueItems: true }),
    /** Whether each person is asked as well; always so where consent is the ground. */
    needsConsent: Type.Boolean(),
    fromOn: day,
  },
  { additionalProperties: false },
);
export type NewBasis = Static<typeof NewBasis>;

export const LawfulBasis = Type.Object({
  basisId: Type.String(),
  title: Type.String(),
  ground: Ground,
  citation: Type.String(),
  purposes: Type.Array(Purpose),
  needsConsent: Type.Boolean(),
  fromOn: Type.String(),
  endedAt: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
  version: Type.Integer(),
});
export type LawfulBasis = Static<typeof LawfulBasis>;

/** In force on an ISO date. */
export function isInForce(basis: Pick<LawfulBasis, 'fromOn' | 'endedAt'>, on: string): boolean {
  return basis.fromOn <= on && basis.endedAt === null;
}

/** What a record on this basis is used for without anybody being asked first (waymark.basis_covers says the same in SQL). */
export function coveredBy(basis: Pick<LawfulBasis, 'fromOn' | 'endedAt' | 'needsConsent' | 'purposes'>, on: string): readonly Purpose[] {
  return isInForce(basis, on) && !basis.needsConsent ? basis.purposes : [];
}
