// SPDX-License-Identifier: AGPL-3.0-or-later
import type { TSchema } from 'typebox';
import { Value } from 'typebox/value';
import { nearest } from './nearest.ts';

/** What is wrong with something a person wrote, and the way to it, so that its line can be shown. */
export interface SchemaFault {
  readonly path: readonly (string | number)[];
  readonly why: string;
}

interface Shape {
  readonly anyOf?: readonly Shape[];
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly patternProperties?: Readonly<Record<string, Shape>>;
  readonly additionalProperties?: unknown;
  readonly description?: string;
  readonly required?: readonly string[];
  readonly items?: Shape | readonly Shape[];
}
interface Fault {
  readonly instancePath: string;
  readonly keyword: string;
  readonly message: string;
  readonly params: object;
  readonly schemaPath: string;
}

/**
 * The fault of `input` under `schema` that a person should be told first: a key that is not known, with the nearest that is; else what lies
 * deepest, because one level up a union only says that nothing fitted. Undefined when it fits.
 */
export function schemaFault(schema: TSchema, input: unknown): SchemaFault | undefined {
  if (Value.Check(schema, input)) return undefined;
  const unknown = unknownKey([schema as Shape], input, []);
  if (unknown) return unknown;
  const faults = Value.Errors(schema, input) as Fault[];
  const telling = faults.filter(({ keyword }) => keyword !== 'anyOf' && keyword !== 'const');
  const depth = (fault: Fault): number => fault.instancePath.split('/').length;
  const fault = (telling.length > 0 ? telling : faults).reduce((a, b) => (depth(b) > depth(a) ? b : a));
  const path = fault.instancePath
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part.replaceAll('~1', '/').replaceAll('~0', '~')));
  const { requiredProperties } = fault.params as { requiredProperties?: readonly string[] };
  if (requiredProperties) return { path, why: `${requiredProperties.join(', ')} is missing` };
  const choices = faults
    .filter((one) => one.keyword === 'const' && one.instancePath === fault.instancePath)
    .map(({ params }) => (params as { allowedValue?: unknown }).allowedValue);
  if (fault.keyword === 'const' || fault.keyword === 'anyOf')
    return { path, why: choices.length > 0 ? `must be one of ${choices.map(String).join(', ')}` : fault.message };
  return { path, why: fault.message };
}

/** Looks for the first key that no shape which may stand there knows. A shape whose keys are free (by language, by code) knows all. */
function unknownKey(shapes: readonly Shape[], value: unknown, path: readonly (string | number)[]): SchemaFault | undefined {
  const open = shapes.flatMap((shape) => flat(shape));
  if (Array.isArray(value)) {
    const items = open.flatMap(({ items }) => (items ?? []) as Shape | readonly Shape[]);
    for (const [i, part] of value.entries()) {
      const found = unknownKey(items, part, [...path, i]);
      if (found) return found;
    }
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const known = [...new Set(open.flatMap(({ properties }) => Object.keys(properties ?? {})))];
  const free = open.flatMap(({ patternProperties }) => Object.values(patternProperties ?? {}));
  const closed = known.length > 0 && free.length === 0 && open.every((shape) => !shape.properties || shape.additionalProperties === false);
  for (const [key, part] of Object.entries(value)) {
    const by = keyedBy(open, key);
    if (by) return { path: [...path, key], why: `this must be ${by}` };
    if (closed && !known.includes(key)) return { path: [...path, key], why: notAKey(key, known) };
    const found = unknownKey(
      [...free, ...open.flatMap(({ properties }) => (properties && Object.hasOwn(properties, key) ? [properties[key]!] : []))],
      part,
      [...path, key],
    );
    if (found) return found;
  }
  return undefined;
}

/** What keys are to be, where all the shapes want keys of one form and this is none. */
function keyedBy(shapes: readonly Shape[], key: string): string | undefined {
  const only = shapes.filter(({ patternProperties, additionalProperties }) => patternProperties && additionalProperties === false);
  if (only.length === 0 || only.length < shapes.length) return undefined;
  return only.some(({ patternProperties }) => Object.keys(patternProperties!).some((pattern) => new RegExp(pattern).test(key)))
    ? undefined
    : (only[0]!.description ?? 'another key');
}

function flat(shape: Shape): readonly Shape[] {
  return shape.anyOf ? shape.anyOf.flatMap((one) => flat(one)) : [shape];
}

function notAKey(key: string, known: readonly string[]): string {
  const near = nearest(key, known);
  return near ? `there is no such key here; did you mean ${near}?` : `there is no such key here; there are ${known.join(', ')}`;
}

/**
 * Every fault of `input`, in the order in which it was written: what a file is refused for, told at once. Below objects and lists one by one; what may be this
 * or that is told by the first of its faults.
 */
export function schemaFaults(schema: TSchema, input: unknown): SchemaFault[] {
  return [...faultsIn(schema, input, [])];
}

function* faultsIn(schema: TSchema, value: unknown, path: readonly (string | number)[]): Generator<SchemaFault> {
  const shape = schema as Shape;
  if (shape.properties ?? shape.patternProperties) yield* faultsInObject(shape, value, path);
  else if (Array.isArray(shape.items)) yield* faultsInTuple(shape.items as readonly Shape[], value, path);
  else if (shape.items && Array.isArray(value)) {
    const whole = schemaFault({ ...schema, items: {} } as TSchema, value);
    if (whole) yield { path, why: whole.why };
    else for (const [i, part] of value.entries()) yield* faultsIn(shape.items as TSchema, part, [...path, i]);
  } else {
    const fault = schemaFault(schema, value);
    if (fault) yield { path: [...path, ...fault.path], why: shape.description ? `must be ${shape.description}` : fault.why };
  }
}

function* faultsInObject(shape: Shape, value: unknown, path: readonly (string | number)[]): Generator<SchemaFault> {
  const { properties = {}, patternProperties = {}, required = [] } = shape;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    yield { path, why: shape.description ? `must be given by ${shape.description}` : `must have ${Object.keys(properties).join(', ')}` };
    return;
  }
  for (const [key, part] of Object.entries(value)) {
    const known = Object.hasOwn(properties, key)
      ? properties[key]
      : Object.entries(patternProperties).find(([pattern]) => new RegExp(pattern).test(key))?.[1];
    if (known) yield* faultsIn(known as TSchema, part, [...path, key]);
    else if (shape.additionalProperties === false)
      yield {
        path: [...path, key],
        why: shape.patternProperties ? `this must be ${shape.description ?? 'another key'}` : notAKey(key, Object.keys(properties)),
      };
  }
  const missing = required.filter((key) => !Object.hasOwn(value, key));
  if (missing.length > 0) yield { path, why: `${missing.join(', ')} is missing` };
}

function* faultsInTuple(items: readonly Shape[], value: unknown, path: readonly (string | number)[]): Generator<SchemaFault> {
  if (!Array.isArray(value) || value.length !== items.length) {
    yield { path, why: `must be a list of ${items.length}${Array.isArray(value) ? `, not of ${value.length}` : ''}` };
    return;
  }
  for (const [i, part] of value.entries()) yield* faultsIn(items[i] as TSchema, part, [...path, i]);
}
