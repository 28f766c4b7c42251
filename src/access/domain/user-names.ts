// SPDX-License-Identifier: AGPL-3.0-or-later

const longest = 30;

/** A user name from a name in Latin letters: "Mali Srisuk" is mali.srisuk. Names of which no letter is left become "user". */
export function userNameFrom(latin: string): string {
  const words = latin
    .normalize('NFKD')
    .toLowerCase()
    .replace(/['’`]/g, '')
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
  const joined = words.join('.').replace(/^[0-9.]+/, '');
  const name = joined.slice(0, longest).replace(/\.+$/, '');
  return name.length >= 3 ? name : name === '' ? 'user' : `${name}.user`;
}

/** The name, or the first of name.2, name.3 ... that is not taken. */
export function freeUserName(name: string, taken: (name: string) => boolean): string {
  if (!taken(name)) return name;
  for (let n = 2; ; n++) {
    const candidate = `${name.slice(0, longest - String(n).length - 1).replace(/\.+$/, '')}.${n}`;
    if (!taken(candidate)) return candidate;
  }
}
