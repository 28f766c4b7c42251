// SPDX-License-Identifier: AGPL-3.0-or-later

/** The rule of domain/account.ts `UserName`, said before the form is sent; the server has the last word. */
export function looksLikeUserName(text: string): boolean {
  return /^[a-z][a-z0-9._-]{2,29}$/.test(text);
}
