// SPDX-License-Identifier: AGPL-3.0-or-later
import { LineCounter, parseDocument, type Document } from 'yaml';
import { Problem } from '../../platform/domain/problem.ts';
import type { SchemaFault } from '../../platform/domain/schema-fault.ts';

/** Reads the text of a mapping. Throws `bad-mapping` that names the file, its line and the key at fault. */
export function readMappingText<T>(text: string, name: string, faultOf: (input: unknown) => SchemaFault | undefined): T {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, strict: true, uniqueKeys: true });
  const [first] = document.errors;
  if (first) {
    const line = lines.linePos(first.pos[0]).line;
    throw new Problem('bad-mapping', `line ${line}: ${first.message.split('\n')[0]?.replace(/ at line .*$/, '')}`, {
      at: { file: name, row: line },
    });
  }
  const input: unknown = toPlain(document, name);
  const fault = faultOf(input);
  if (!fault) return input as T;
  const key = fault.path.join('.');
  const line = lineOf(document, lines, fault.path);
  throw new Problem('bad-mapping', `line ${line}${key ? `, ${key}` : ''}: ${fault.why}`, {
    at: { file: name, row: line, ...(key ? { column: key } : {}) },
  });
}

/** An alias that multiplies itself is refused by the parser; say it as a fault of the file. */
function toPlain(document: Document, name: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 50 });
  } catch (cause) {
    throw new Problem('bad-mapping', 'it refers to itself too often', { at: { file: name }, cause });
  }
}

/** The line of a key, or of the nearest thing around it that is there. */
export function lineOf(document: Document, lines: LineCounter, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true) as { range?: [number, number, number] } | undefined;
    if (node?.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}
