// SPDX-License-Identifier: AGPL-3.0-or-later

/** One erased person in a list beside the database. Ids only: a list may lie where the names may not. */
export interface ErasureLine {
  readonly regionId: number;
  readonly personId: string;
  readonly erasedAt: string;
  readonly requestId: string | null;
  readonly orderedBy: string;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** FNV-1a: tells a line that was cut off or mistyped from a whole one. Nobody is kept from forging one; whoever can write here can do worse. */
function check(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

export function erasureText({ regionId, personId, erasedAt, requestId, orderedBy }: ErasureLine): string {
  const words = ['WAYMARK-ERASED-1', regionId, personId, erasedAt, requestId ?? '-', encodeURIComponent(orderedBy)].join(' ');
  return `${words} ${check(words)}`;
}

/** Null where the line is not whole. */
export function readErasure(text: string): ErasureLine | null {
  const at = text.lastIndexOf(' ');
  const words = text.slice(0, at);
  const [kind, region = '', personId = '', erasedAt = '', request = '', by = '', more] = words.split(' ');
  if (kind !== 'WAYMARK-ERASED-1' || more !== undefined || check(words) !== text.slice(at + 1)) return null;
  if (!/^\d{1,9}$/.test(region) || !uuid.test(personId) || Number.isNaN(Date.parse(erasedAt)) || (request !== '-' && !uuid.test(request)))
    return null;
  return { regionId: Number(region), personId, erasedAt, requestId: request === '-' ? null : request, orderedBy: decodeURIComponent(by) };
}
