// SPDX-License-Identifier: AGPL-3.0-or-later
import { LineCounter, parseDocument, stringify, visit, type Document } from 'yaml';
import type { SchemaFault } from '../../platform/domain/schema-fault.ts';
import { definitionOf, fileOf, languagesOf, type InstrumentFile } from '../domain/instrument-file.ts';
import { rulesOf, type SoundIndicator } from '../domain/instrument-rules.ts';
import type { Instrument } from '../domain/instrument.ts';
import { lineOf } from './mapping-text.ts';

/** More than 250 questions in four languages take. */
export const mostInstrumentBytes = 1_000_000;
/** Deeper than anything an instrument has; a text of brackets alone goes a million deep, and reading that has no end. */
const deepest = 40;

/** A fault with its place: the line, and which part of the instrument. */
export interface InstrumentFault {
  readonly line: number | null;
  readonly at: string;
  readonly why: string;
}

export interface InstrumentText {
  readonly faults: readonly InstrumentFault[];
  /** Without faults: what would be published. */
  readonly definition: Instrument | null;
  /** What it says of itself, as far as it can be read at all. */
  readonly code: string | null;
  readonly sound: readonly SoundIndicator[];
  /** A fault found later, such as beside earlier versions, with its place in this text. */
  place(fault: SchemaFault): InstrumentFault;
}

const nothing = (why: string, line: number | null = null): InstrumentText => ({
  faults: [{ line, at: '', why }],
  definition: null,
  code: null,
  sound: [],
  place: ({ why: later }) => ({ line: null, at: '', why: later }),
});

/** Reads a version of an instrument from the bytes of a file. Everything that is wrong is found at once; nothing is thrown. */
export function readInstrumentText(bytes: Uint8Array): InstrumentText {
  if (bytes.length > mostInstrumentBytes)
    return nothing(`it is larger than ${mostInstrumentBytes / 1_000_000} MB; an instrument is a few hundred kilobytes at most`);
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return nothing('it is not written in UTF-8; save it again as "UTF-8"');
  }
  if (text.includes('\u0000')) return nothing('it is not written in UTF-8; save it again as "UTF-8"');
  if (tooDeep(text)) return nothing('it is nested far deeper than an instrument is');
  try {
    return parsed(text);
  } catch (error) {
    if (error instanceof RangeError) return nothing('it is nested far deeper than an instrument is');
    throw error;
  }
}

function parsed(text: string): InstrumentText {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, strict: true, uniqueKeys: true, schema: 'core' });
  const broken = [...document.errors, ...document.warnings];
  if (broken.length > 0)
    return {
      ...nothing(''),
      faults: broken.map((each) => ({
        line: lines.linePos(each.pos[0]).line,
        at: '',
        why:
          each.code === 'MULTIPLE_DOCS'
            ? 'here a second text begins (---); a file holds one instrument'
            : each.message.split('\n')[0]!.replace(/ at line .*$/, ''),
      })),
    };
  const alias = firstAlias(document);
  if (alias !== null) return nothing('it refers to another part of itself (& and *); write the words out', lines.linePos(alias).line);
  return looked(document, lines);
}

function looked(document: Document, lines: LineCounter): InstrumentText {
  const input: unknown = document.toJS({ maxAliasCount: 0 });
  const place = ({ path, why }: SchemaFault): InstrumentFault => ({ line: lineOf(document, lines, path), at: called(path, input), why });
  const { faults, sound } = rulesOf(input);
  const { code } = (typeof input === 'object' && input !== null ? input : {}) as { code?: unknown };
  const placed = faults.map((fault) => place(fault));
  return {
    faults: placed.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)),
    definition: faults.length === 0 ? definitionOf(input as InstrumentFile) : null,
    code: typeof code === 'string' ? code : null,
    sound,
    place,
  };
}

/** `indicators.3.answers.1.th` as somebody who counts from one would say it, with the code of the question. */
function called(path: SchemaFault['path'], input: unknown): string {
  const [list, at, ...rest] = path;
  if (list !== 'indicators' || typeof at !== 'number') return path.map((part) => (typeof part === 'number' ? part + 1 : part)).join('.');
  const { code } = ((input as { indicators: unknown[] }).indicators[at] ?? {}) as { code?: unknown };
  const name = typeof code === 'string' && /^[a-z][a-z0-9_]{0,62}$/.test(code) ? `question ${at + 1} (${code})` : `question ${at + 1}`;
  return [name, ...rest.map((part) => (typeof part === 'number' ? part + 1 : part))].join('.');
}

/** Before it is parsed: brackets within each other, and dashes or question marks one after another, which nest as well. */
function tooDeep(text: string): boolean {
  let depth = 0;
  for (const char of text) {
    if (char === '[' || char === '{') depth++;
    else if (char === ']' || char === '}') depth = Math.max(0, depth - 1);
    if (depth > deepest) return true;
  }
  const nests = (line: string): boolean =>
    /^ */.exec(line)![0].length > 5 * deepest || (/^\s*(?:[-?:]\s+)+/.exec(line)?.[0].replaceAll(/\s/g, '').length ?? 0) > deepest;
  return text.split('\n').some((line) => nests(line));
}

function firstAlias(document: Document): number | null {
  let found: number | null = null;
  visit(document, {
    Alias(_key, node) {
      found = node.range?.[0] ?? 0;
      return visit.BREAK;
    },
  });
  return found;
}

const head = (code: string, after: number): string => `# Waymark: ${code}, to be changed and published as version ${after + 1}.
# Look first at what would change:  ./waymark instrument publish FILE --dry-run
# Answers count by the code of their question, under whatever version they were given. A question that asks something else needs a new code.
`;

/** A published version as the text to start the next one from, in these languages or all of its own. */
export function writeInstrumentText(
  instrument: Instrument,
  newest: number,
  languages: readonly string[] = languagesOf(instrument),
): string {
  return head(instrument.code, newest) + stringify(fileOf(instrument, languages, newest + 1), { lineWidth: 140, schema: 'core' });
}
