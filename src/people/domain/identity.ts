// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type, type Static } from 'typebox';

/** What one identity may hold. Wide enough for any household of the field, small enough that one sealed record stays small. */
export const identityLimits = {
  names: 8,
  nameLength: 120,
  phones: 6,
  phoneLength: 40,
  documents: 8,
  documentLength: 60,
  addressLength: 500,
} as const;

const nameText = Type.String({ maxLength: identityLimits.nameLength });
const phoneText = Type.String({ minLength: 1, maxLength: identityLimits.phoneLength });

/**
 * One name as it is written in one script. `full` is the whole name as the person writes it and always stands; `given` and `family` are
 * filled where her language parts a name so. Somebody known by a nickname has it as a name of its own, of kind 'called'.
 */
export const PersonName = Type.Object(
  {
    kind: Type.Union([Type.Literal('official'), Type.Literal('called'), Type.Literal('former')]),
    full: Type.String({ minLength: 1, maxLength: identityLimits.nameLength }),
    given: Type.Optional(nameText),
    family: Type.Optional(nameText),
    /** BCP 47, with the script where it is not the usual one: 'th', 'th-Latn'. */
    language: Type.Optional(Type.String({ pattern: '^[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?$' })),
  },
  { additionalProperties: false },
);
export type PersonName = Static<typeof PersonName>;

export const documentKinds = [
  'national-id',
  'passport',
  'birth-certificate',
  'household-book',
  'work-permit',
  'refugee-card',
  'other',
] as const;

export const IdentityDocument = Type.Object(
  {
    kind: Type.Unsafe<(typeof documentKinds)[number]>(Type.Enum([...documentKinds])),
    /** ISO 3166-1 alpha-2, of who issued it. */
    country: Type.Optional(Type.String({ pattern: '^[A-Z]{2}$' })),
    number: Type.String({ minLength: 1, maxLength: identityLimits.documentLength }),
  },
  { additionalProperties: false },
);
export type IdentityDocument = Static<typeof IdentityDocument>;

export const Guardian = Type.Object(
  { name: Type.String({ minLength: 1, maxLength: identityLimits.nameLength }), phone: Type.Optional(phoneText) },
  { additionalProperties: false },
);
export type Guardian = Static<typeof Guardian>;

/** Who somebody is: what the vault seals. The birth date is not here; the register keeps it beside the person. */
export const Identity = Type.Object(
  {
    names: Type.Array(PersonName, { minItems: 1, maxItems: identityLimits.names }),
    phones: Type.Array(phoneText, { maxItems: identityLimits.phones }),
    documents: Type.Array(IdentityDocument, { maxItems: identityLimits.documents }),
    /** Free text: a house number, a landmark, whom to ask. */
    address: Type.Optional(Type.String({ maxLength: identityLimits.addressLength })),
    guardian: Type.Optional(Guardian),
  },
  { additionalProperties: false },
);
export type Identity = Static<typeof Identity>;

/** Telephone numbers, hers and that of who answers for her, are for calling: where she has not agreed to be called they are kept and not told. */
export const hasNumbers = ({ phones, guardian }: Identity): boolean => phones.length > 0 || guardian?.phone !== undefined;

export function withoutNumbers({ guardian, ...rest }: Identity): Identity {
  return { ...rest, phones: [], ...(guardian && { guardian: { name: guardian.name } }) };
}

/**
 * An identity set right by somebody who was not told the numbers: they stay, and what was written down anew takes the place of the first. A guardian
 * keeps the number while it is the same guardian: another may be whom she was taken from. It may hold more numbers than fit (identityLimits).
 */
export function withNumbersOf(corrected: Identity, stored: Identity): Identity {
  const anew = corrected.phones,
    kept = stored.phones.slice(anew.length > 0 ? 1 : 0).filter((phone) => !anew.includes(phone));
  const { guardian } = corrected,
    phone = guardian?.name === stored.guardian?.name ? stored.guardian?.phone : undefined;
  return { ...corrected, phones: [...anew, ...kept], ...(guardian && phone !== undefined && { guardian: { phone, ...guardian } }) };
}
