// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type } from 'typebox';

/**
 * Why a record is kept and used no further (db/migrations/0032): she, or who speaks for her, objected, or took back the consent to keep it.
 * Nobody visits her and nothing new is recorded about her; she is counted as she stood. Null: it is used.
 */
export type Restriction = 'objection' | 'withdrawal' | null;
export const Restriction = Type.Unsafe<Restriction>(Type.Union([Type.Literal('objection'), Type.Literal('withdrawal'), Type.Null()]));
