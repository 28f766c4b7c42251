// SPDX-License-Identifier: AGPL-3.0-or-later
import anyAscii from 'any-ascii';
import { freeUserName, userNameFrom } from '../domain/user-names.ts';
import type { Access } from './access.ts';
import { listNamesLike } from './queries-codes.ts';

/** A name in any script as Latin letters, from which a user name can be made. */
export const plainUserName = (displayName: string): string => userNameFrom(anyAscii(displayName));

/** A user name that nobody has, for somebody called so. */
export async function suggestUserName(access: Access, displayName: string): Promise<string> {
  const wanted = plainUserName(displayName);
  const taken = await listNamesLike(access.auth, wanted.slice(0, 20));
  return freeUserName(wanted, (name) => taken.has(name));
}
