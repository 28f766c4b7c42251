// SPDX-License-Identifier: AGPL-3.0-or-later
import type { FastifySchemaCompiler, FastifySchemaValidationError } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Value } from 'typebox/value';

type Schema = Readonly<Record<string, unknown>>;

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The same schema, refusing fields that it does not name, at every depth: a misspelt field is told to whoever sent it instead of
 * being dropped in silence. The parts of an intersection stay open, or each would refuse the other's fields.
 */
export function closed(schema: TSchema): TSchema {
  return close(schema as Schema, false) as TSchema;
}

function close(schema: Schema, partOfWhole: boolean): Schema {
  const copy: Record<string, unknown> = {};
  for (const key of Reflect.ownKeys(schema)) {
    Object.defineProperty(copy, key, Object.getOwnPropertyDescriptor(schema, key) ?? {});
  }
  if (isSchema(copy['properties'])) {
    copy['properties'] = Object.fromEntries(
      Object.entries(copy['properties']).map(([name, part]) => [name, isSchema(part) ? close(part, false) : part]),
    );
    if (!partOfWhole && !('additionalProperties' in copy) && !('patternProperties' in copy)) copy['additionalProperties'] = false;
  }
  if (isSchema(copy['items'])) copy['items'] = close(copy['items'], false);
  for (const key of ['anyOf', 'oneOf'] as const) {
    if (Array.isArray(copy[key])) copy[key] = copy[key].map((part: unknown) => (isSchema(part) ? close(part, partOfWhole) : part));
  }
  if (Array.isArray(copy['allOf'])) copy['allOf'] = copy['allOf'].map((part: unknown) => (isSchema(part) ? close(part, true) : part));
  return copy;
}

/**
 * Checks requests with the very schemas that type the code and describe the API. What comes in an address or a form is text and is
 * read as what the schema wants; JSON bodies say their types themselves and are taken literally.
 */
export function validatorCompiler(isForm: boolean): FastifySchemaCompiler<TSchema> {
  return ({ schema, httpPart }) => {
    const check = Compile(schema);
    const convert = httpPart !== 'body' || isForm;
    return (value: unknown) => {
      const read = convert ? Value.Convert(schema, value) : value;
      return check.Check(read) ? { value: read } : { error: check.Errors(read) as FastifySchemaValidationError[] };
    };
  };
}

const partNames: Readonly<Record<string, string>> = {
  body: 'the body',
  querystring: 'the query',
  params: 'the address',
  headers: 'the headers',
};

/** One sentence naming the field and what it must be; it never repeats the value, which may be a password or a name. */
export function sentenceOf(errors: readonly FastifySchemaValidationError[], part: string | undefined): string {
  // A field that is not known is reported twice; the second time it has a name.
  const told = errors.filter((error) => error.keyword !== 'boolean');
  const first = told[0];
  const where = partNames[part ?? 'body'] ?? 'the request';
  if (!first) return `Something in ${where} cannot be read.`;
  const path = first.instancePath.split('/').filter(Boolean).map(decodePointer).join('.');
  const names = namesIn(first.params);
  if (first.keyword === 'required' && names.length > 0)
    return `${[path, names.join(', ')].filter(Boolean).join('.')}: is missing in ${where}.`;
  if (first.keyword === 'additionalProperties' && names.length > 0)
    return `${[path, names.join(', ')].filter(Boolean).join('.')}: is not known in ${where}.`;
  const allowed = told
    .filter((error) => error.keyword === 'const' && error.instancePath === first.instancePath)
    .map((error) => String(error.params['allowedValue']));
  const message =
    first.keyword === 'const' && allowed.length > 0
      ? `must be ${allowed.length > 1 ? 'one of ' : ''}${allowed.join(', ')}`
      : (first.message ?? 'cannot be read');
  return `${path || where}: ${message}${path ? ` (in ${where})` : ''}.`;
}

function decodePointer(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

function namesIn(params: Record<string, unknown>): string[] {
  const found = params['requiredProperties'] ?? params['additionalProperties'] ?? params['missingProperty'] ?? params['additionalProperty'];
  return (Array.isArray(found) ? found : [found])
    .filter((name): name is string => typeof name === 'string')
    .map((name) => name.slice(0, 60));
}
