// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Actor } from '../domain/actor.ts';
import { Problem } from '../domain/problem.ts';
import type { Rule } from './endpoint.ts';

/** Where a place lies in its hierarchy: what the gate needs to know of it, and all that it reads before it has said yes. */
export interface PlacePosition {
  readonly path: string;
  readonly level: number;
}
export type FindPlace = (placeId: string) => Promise<PlacePosition | null>;

/** The largest areas, whose figures anybody with the right may read: country, province, district. */
const smallestLargeLevel = 2;

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** `1.4` lies within `1`, `1.4` within `1.4`, and `1.40` not within `1.4`. */
export function liesWithin(path: string, scopes: readonly string[]): boolean {
  return scopes.some((scope) => path === scope || path.startsWith(`${scope}.`));
}

/** The rights of which any one is enough; none for doors that are open to everybody, or to everybody signed in. */
export function rightsNamed(rule: Rule): readonly string[] {
  if (rule.may === 'public' || rule.may === 'signed-in') return [];
  return [rule.may, ...('or' in rule ? (rule.or ?? []) : [])];
}

/** The first half, before a byte of the body is read: is somebody there, and is this kind of thing hers to do at all? */
export function checkRight(rule: Rule, actor: Actor | null): void {
  if (rule.may === 'public') return;
  if (!actor) throw new Problem('not-signed-in');
  if (actor.missing && !('half' in rule && rule.half)) throw new Problem('second-proof-needed');
  if (rule.may === 'signed-in') return;
  if (!rightsNamed(rule).some((right) => actor.rights.has(right))) throw new Problem('not-allowed');
}

/**
 * The second half, before any data is read: does the place that the request names lie in her area?
 * A rule with a place and a request without one is for those whose post reaches the whole installation, or who see people one by one.
 * Throws Problem `outside-your-area`, or `not-found` where there is no such place.
 */
export async function checkPlace(
  rule: Rule,
  actor: Actor | null,
  request: { params: unknown; query: unknown; body: unknown },
  find: FindPlace,
): Promise<void> {
  if (!('place' in rule) || rule.place === undefined || !actor) return;
  const value = fieldOf(request[rule.place.in], rule.place.field);
  if (value === undefined || value === null) {
    if (actor.posts.some((post) => post.placeId === null)) return;
    if (!actor.rights.has(rule.may) && rule.place.unless?.some((right) => actor.rights.has(right))) return;
    throw new Problem('outside-your-area');
  }
  if (typeof value !== 'string' || !uuid.test(value)) throw new Problem('bad-input', `${rule.place.field}: must be the id of a place.`);
  const place = await find(value);
  if (!place) throw new Problem('not-found', 'There is no such place.');
  if (rule.place.large && place.level <= smallestLargeLevel) return;
  if (!liesWithin(place.path, actor.scopes)) throw new Problem('outside-your-area');
}

function fieldOf(part: unknown, field: string): unknown {
  return typeof part === 'object' && part !== null && Object.hasOwn(part, field) ? (part as Record<string, unknown>)[field] : undefined;
}
