// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type, type Static } from 'typebox';

/** What travels about second proofs, passkeys, sessions and single sign-on. */

const Moment = Type.String({ format: 'date-time' });
const MaybeMoment = Type.Union([Moment, Type.Null()]);

export const Missing = Type.Union([Type.Literal('proof'), Type.Literal('enrolment'), Type.Null()]);

/** Six digits of an app, or a recovery code. */
export const ProofCode = Type.String({ minLength: 6, maxLength: 40 });

export const Passkey = Type.Object({ passkeyId: Type.String(), name: Type.String(), madeAt: Moment, usedAt: MaybeMoment });
export type Passkey = Static<typeof Passkey>;

export const SecondProof = Type.Object({
  missing: Missing,
  /** Whether her role asks for one. */
  asked: Type.Boolean(),
  app: Type.Boolean(),
  appMadeAt: MaybeMoment,
  /** How many there are; by name only once she has proved who she is. */
  passkeyCount: Type.Integer(),
  passkeys: Type.Array(Passkey),
  recoveryCodesLeft: Type.Integer(),
  /** Whether what proves may be changed now, or only after proving once more. */
  fresh: Type.Boolean(),
});
export type SecondProof = Static<typeof SecondProof>;

/** The secret is shown once as a picture and as text; `ticket` brings it back with the first code. */
export const NewApp = Type.Object({ secret: Type.String(), address: Type.String(), ticket: Type.String() });
export type NewApp = Static<typeof NewApp>;

/** Null where she has some already. */
export const NewRecoveryCodes = Type.Object({ recoveryCodes: Type.Union([Type.Array(Type.String()), Type.Null()]) });
export type NewRecoveryCodes = Static<typeof NewRecoveryCodes>;

const Base64Url = (longest: number) => Type.String({ maxLength: longest, pattern: '^[A-Za-z0-9_=-]*$' });
const credential = {
  id: Base64Url(1400),
  rawId: Base64Url(1400),
  type: Type.Literal('public-key'),
  authenticatorAttachment: Type.Optional(Type.Union([Type.Literal('platform'), Type.Literal('cross-platform'), Type.Null()])),
  /** Nothing in it is read. */
  clientExtensionResults: Type.Optional(Type.Record(Type.String({ maxLength: 40 }), Type.Unknown(), { maxProperties: 20 })),
};

/** What a browser answers to `navigator.credentials.create`, as WebAuthn writes it in JSON. */
export const NewCredential = Type.Object({
  ...credential,
  response: Type.Object({
    clientDataJSON: Base64Url(4000),
    attestationObject: Base64Url(20_000),
    authenticatorData: Type.Optional(Base64Url(8000)),
    transports: Type.Optional(Type.Array(Type.String({ maxLength: 20, pattern: '^[a-z-]+$' }), { maxItems: 10 })),
    publicKeyAlgorithm: Type.Optional(Type.Integer()),
    publicKey: Type.Optional(Base64Url(4000)),
  }),
});
export type NewCredential = Static<typeof NewCredential>;

/** What a browser answers to `navigator.credentials.get`. */
export const CredentialProof = Type.Object({
  ...credential,
  response: Type.Object({
    clientDataJSON: Base64Url(4000),
    authenticatorData: Base64Url(4000),
    signature: Base64Url(4000),
    userHandle: Type.Optional(Type.Union([Base64Url(200), Type.Null()])),
  }),
});
export type CredentialProof = Static<typeof CredentialProof>;

/** Options of WebAuthn, made by the library for the browser and read by nobody in between. */
export const BrowserOptions = Type.Unsafe<Record<string, unknown>>({ type: 'object' });

export const PasskeyName = Type.String({
  minLength: 1,
  maxLength: 60,
  pattern: '^[^\\p{Cc}\\p{Co}\\p{Cn}<>]*\\S[^\\p{Cc}\\p{Co}\\p{Cn}<>]*$',
});

export const OpenSession = Type.Object({
  sessionId: Type.String(),
  current: Type.Boolean(),
  browser: Type.Union([Type.String(), Type.Null()]),
  system: Type.Union([Type.String(), Type.Null()]),
  signedInAt: Moment,
  seenAt: MaybeMoment,
});
export type OpenSession = Static<typeof OpenSession>;

export const OutsideLink = Type.Object({ linkId: Type.String(), subject: Type.String(), madeAt: Moment, usedAt: MaybeMoment });
export type OutsideLink = Static<typeof OutsideLink>;

export const RoleProof = Type.Object({ role: Type.String(), asked: Type.Boolean() });
export type RoleProof = Static<typeof RoleProof>;
