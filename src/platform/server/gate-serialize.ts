// SPDX-License-Identifier: AGPL-3.0-or-later
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

type Schema = Readonly<Record<string, unknown>>;
type Pick = (value: unknown) => unknown;

const asIs: Pick = (value) => value;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Turns an answer into JSON with the fields that its schema names and no others, so that a column added to a query never leaves
 * the house by accident. Made once an endpoint. The answer itself is not touched: it may be a constant
 * that others share. Where nothing has to go it is written as it stands, without a copy.
 */
export function serializerOf(schema: TSchema): (answer: unknown) => string {
  const pick = pickerOf(schema as Schema);
  // undefined is no JSON: an answer of nothing is null.
  return (answer) => JSON.stringify(pick(answer) ?? null);
}

/** A copy of a value reduced to what the schema names. Throws for parts of JSON Schema that it does not know. */
export function pickerOf(schema: Schema): Pick {
  if ('$ref' in schema || '$dynamicRef' in schema) throw new Error('An answer cannot be described by reference.');
  if (Array.isArray(schema['allOf'])) return whole((schema['allOf'] as Schema[]).map(pickerOf));
  const branches = schema['anyOf'] ?? schema['oneOf'];
  if (Array.isArray(branches)) return either(branches as Schema[]);
  if (Array.isArray(schema['items'])) return tuple((schema['items'] as Schema[]).map(pickerOf));
  if (isObject(schema['items'])) return list(pickerOf(schema['items']));
  if (isObject(schema['properties']) || isObject(schema['patternProperties'])) return fields(schema);
  return asIs;
}

/** The array itself as long as nothing in it has to go: most answers are clean, and a copy of ten thousand rows costs more than looking at them. */
function list(each: Pick): Pick {
  if (each === asIs) return asIs;
  return (value) => {
    if (!Array.isArray(value)) return value;
    let copy: unknown[] | null = null;
    for (let i = 0; i < value.length; i++) {
      const picked = each(value[i]);
      if (copy) copy.push(picked);
      else if (picked !== value[i]) copy = [...value.slice(0, i), picked];
    }
    return copy ?? value;
  };
}

function tuple(parts: readonly Pick[]): Pick {
  return parts.every((part) => part === asIs)
    ? asIs
    : (value) => (Array.isArray(value) ? value.map((item, i) => (parts[i] ?? asIs)(item)) : value);
}

/** An intersection names what any of its parts names. */
function whole(parts: readonly Pick[]): Pick {
  return (value) => (isObject(value) ? (Object.assign({}, ...parts.map((part) => part(value))) as unknown) : value);
}

/** A union of plain values needs no look; among objects the first that fits is meant. */
function either(branches: readonly Schema[]): Pick {
  const picks = branches.map(pickerOf);
  const deep = picks.filter((pick) => pick !== asIs);
  if (deep.length === 0) return asIs;
  if (deep.length === 1) return (value) => (typeof value === 'object' && value !== null ? deep[0]?.(value) : value);
  // To compile a check is most of the work of a start: only where one is asked.
  const pickers = branches.map((branch, i) => ({ pick: picks[i] ?? asIs, check: Compile(branch as TSchema) }));
  return (value) => {
    if (typeof value !== 'object' || value === null) return value;
    const fits = pickers.find(({ check }) => check.Check(value));
    if (!fits) throw new Error('An answer fits none of its descriptions.');
    return fits.pick(value);
  };
}

function fields(schema: Schema): Pick {
  const named = new Map(
    Object.entries((schema['properties'] ?? {}) as Record<string, Schema>).map(([name, part]) => [name, pickerOf(part)]),
  );
  const patterns = Object.entries((schema['patternProperties'] ?? {}) as Record<string, Schema>).map(([pattern, part]) => ({
    matches: new RegExp(pattern, 'u'),
    pick: pickerOf(part),
  }));
  const pickOf = (name: string): Pick | undefined => named.get(name) ?? patterns.find(({ matches }) => matches.test(name))?.pick;
  const copied = (value: Record<string, unknown>): Record<string, unknown> => {
    const names = patterns.length === 0 ? [...named.keys()] : Object.keys(value);
    return Object.fromEntries(
      names.flatMap((name) => {
        const pick = pickOf(name),
          part = value[name];
        return pick && part !== undefined ? [[name, pick(part)] as const] : [];
      }),
    );
  };
  return (value) => {
    if (!isObject(value)) return value;
    // What is written differently from how it is read, and what an object inherits, is never passed on by itself.
    const prototype: unknown = Object.getPrototypeOf(value);
    if ((prototype !== Object.prototype && prototype !== null) || 'toJSON' in value) return copied(value);
    for (const name in value) {
      const pick = pickOf(name),
        part = value[name];
      if (!pick || (pick !== asIs && pick(part) !== part)) return copied(value);
    }
    return value;
  };
}
