// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type, type Static } from 'typebox';
import { Purpose } from './consent.ts';
import { PersonRecord } from './person-record.ts';

/** What the person herself finds when she opens her account: her record without her name, who accompanies her, who looked. */
export const OwnPage = Type.Object({
  record: PersonRecord,
  caseWorkers: Type.Array(Type.String()),
  /** Readings of her name by role, the role that looked last first; her own are among them, as `person`. */
  readings: Type.Array(
    Type.Object({
      role: Type.Union([Type.String(), Type.Null()]),
      times: Type.Integer(),
      lastOn: Type.String({ format: 'date' }),
    }),
  ),
});
export type OwnPage = Static<typeof OwnPage>;

export const OwnWord = Type.Object({ eventId: Type.String({ format: 'uuid' }), purpose: Purpose }, { additionalProperties: false });
export type OwnWord = Static<typeof OwnWord>;
export const OwnWordKept = Type.Object({ accountStands: Type.Boolean() });
