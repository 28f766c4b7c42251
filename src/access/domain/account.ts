// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type, type Static } from 'typebox';
import { PlaceRef } from '../../places/domain/place.ts';
import { Missing } from './proof.ts';
import { longestPassword } from './password.ts';
import { rights, type Right as RightName } from './rights.ts';
import { roles, type Role as RoleName } from './roles.ts';

/** Lower-case Latin letters, digits, dot, hyphen and underscore, so that it can be typed on any keyboard. */
export const UserName = Type.String({ pattern: '^[a-z][a-z0-9._-]{2,29}$' });
/** A name to show; never used to sign in. */
export const DisplayName = Type.String({
  minLength: 1,
  maxLength: 80,
  pattern: '^[^\\p{Cc}\\p{Co}\\p{Cn}<>]*\\S[^\\p{Cc}\\p{Co}\\p{Cn}<>]*$',
});
export const Locale = Type.String({ pattern: '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$', maxLength: 35 });
const Role = Type.Unsafe<RoleName>(Type.Enum([...roles]));
const Right = Type.Unsafe<RightName>(Type.Enum([...rights]));
/** Length is judged by checkPassword, which says what to change; this only keeps megabytes out. */
export const Password = Type.String({ minLength: 1, maxLength: longestPassword * 4 });

export const Setup = Type.Object({
  /** True while nobody can sign in yet: the start page shows the set-up. */
  needed: Type.Boolean(),
  demo: Type.Boolean(),
  /** Empty unless this is the fictional demo. */
  demoAccounts: Type.Array(
    Type.Object({ userName: Type.String(), displayName: Type.String(), password: Type.String(), role: Type.String() }),
  ),
  /** How the button for the other sign-in service is called; null without one. */
  otherService: Type.Union([Type.String(), Type.Null()]),
});
export type Setup = Static<typeof Setup>;

/** `code`: what the terminal or the log of a new installation says, so that no passer-by makes herself administrator. */
export const FirstAdministrator = Type.Object({
  code: Type.String({ maxLength: 60 }),
  userName: UserName,
  displayName: DisplayName,
  password: Password,
});
export type FirstAdministrator = Static<typeof FirstAdministrator>;

/** Where the map's background comes from, and the line its makers ask to be shown. */
export const MapTiles = Type.Object({ url: Type.String(), attribution: Type.String() });
export type MapTiles = Static<typeof MapTiles>;

export const Me = Type.Object({
  accountId: Type.String(),
  userName: Type.String(),
  displayName: Type.String(),
  locale: Type.String(),
  roles: Type.Array(Role),
  rights: Type.Array(Right),
  posts: Type.Array(
    Type.Object({
      role: Role,
      place: Type.Union([PlaceRef, Type.Null()]),
      organisation: Type.Union([Type.Object({ organisationId: Type.String(), name: Type.String() }), Type.Null()]),
    }),
  ),
  /** Where her map opens: her own area, or the country where there is only one. */
  home: Type.Union([PlaceRef, Type.Null()]),
  demo: Type.Boolean(),
  /** While something is to be proved first, nothing else is told than her name and this. */
  missing: Missing,
  tiles: Type.Union([MapTiles, Type.Null()]),
});
export type Me = Static<typeof Me>;

export const HeldPost = Type.Object({
  postId: Type.String({ format: 'uuid' }),
  role: Role,
  place: Type.Union([PlaceRef, Type.Null()]),
  organisation: Type.Union([Type.Object({ organisationId: Type.String(), name: Type.String() }), Type.Null()]),
  givenAt: Type.String({ format: 'date-time' }),
});

/** A code that was handed over and not yet used; past `expiresAt` it is no longer good. */
export const AccountCode = Type.Object({
  kind: Type.Unsafe<'invitation' | 'recovery'>(Type.Enum(['invitation', 'recovery'])),
  expiresAt: Type.String({ format: 'date-time' }),
});
export type AccountCode = Static<typeof AccountCode>;

export const Account = Type.Object({
  accountId: Type.String(),
  userName: Type.String(),
  displayName: Type.String(),
  locale: Type.String(),
  disabled: Type.Boolean(),
  /** When set and in the future: too many failed attempts. */
  lockedUntil: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
  createdAt: Type.String({ format: 'date-time' }),
  code: Type.Union([AccountCode, Type.Null()]),
  version: Type.Integer(),
  posts: Type.Array(HeldPost),
});
export type Account = Static<typeof Account>;

export const NewAccount = Type.Object({
  userName: UserName,
  displayName: DisplayName,
  locale: Type.Optional(Locale),
  /** Left out: the account can sign in and see nothing until it holds a post. */
  role: Type.Optional(Role),
  placeId: Type.Optional(Type.Union([Type.String({ format: 'uuid' }), Type.Null()])),
  organisationId: Type.Optional(Type.Union([Type.String({ format: 'uuid' }), Type.Null()])),
});
export type NewAccount = Static<typeof NewAccount>;

/** The password is in this answer and nowhere else: it is shown once. */
export const AccountWithPassword = Type.Object({ account: Account, password: Type.String() });
export type AccountWithPassword = Static<typeof AccountWithPassword>;

export const AccountChange = Type.Object({
  displayName: Type.Optional(DisplayName),
  disabled: Type.Optional(Type.Boolean()),
  /** The version that was on the screen; another one in the table means somebody was faster. */
  version: Type.Integer({ minimum: 1 }),
});
export type AccountChange = Static<typeof AccountChange>;

export const NewPost = Type.Object({
  role: Role,
  placeId: Type.Union([Type.String({ format: 'uuid' }), Type.Null()]),
  organisationId: Type.Optional(Type.Union([Type.String({ format: 'uuid' }), Type.Null()])),
  /** Of the account, as it was on the screen. */
  version: Type.Integer({ minimum: 1 }),
});
export type NewPost = Static<typeof NewPost>;

export const SignIn = Type.Object({
  username: Type.String({ minLength: 1, maxLength: 200 }),
  password: Password,
});
