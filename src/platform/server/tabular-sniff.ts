// SPDX-License-Identifier: AGPL-3.0-or-later
import { open } from 'node:fs/promises';

export type Format = 'text' | 'zip' | 'parquet' | 'old-excel' | 'locked-excel' | 'pdf' | 'gzip';

/** What a file is by its first bytes; its name says nothing for certain. */
export async function sniffFormat(path: string): Promise<Format> {
  const handle = await open(path, 'r');
  try {
    const head = Buffer.alloc(16_384);
    const { bytesRead } = await handle.read(head, 0, head.length, 0);
    const start = head.toString('latin1', 0, bytesRead);
    if (start.startsWith('PK\x03\x04') || start.startsWith('PK\x05\x06')) return 'zip';
    if (start.startsWith('PAR1')) return 'parquet';
    if (start.startsWith('\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1')) {
      return start.includes('E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e') ? 'locked-excel' : 'old-excel';
    }
    if (start.startsWith('%PDF')) return 'pdf';
    if (start.startsWith('\x1f\x8b')) return 'gzip';
    return 'text';
  } finally {
    await handle.close();
  }
}

export interface Dialect {
  readonly delimiter: string;
  readonly lineEnd: 'lf' | 'crlf' | 'cr';
  /** Bytes of an Excel `sep=;` line to step over. */
  readonly skipBytes: number;
}

const candidates = [',', ';', '\t', '|'];

/** Tells delimiter and line ends from the beginning of the text (a few hundred kilobytes suffice). */
export function sniffDialect(sample: string, stated?: string): Dialect {
  const told = /^sep=(.)\r?\n?/i.exec(sample);
  const text = told ? sample.slice(told[0].length) : sample;
  const plain = text.replace(/"[^"]*"/g, '""');
  const crlf = count(plain, '\r\n'),
    cr = count(plain, '\r') - crlf,
    lf = count(plain, '\n') - crlf;
  const lineEnd = cr > crlf + lf ? 'cr' : crlf > lf ? 'crlf' : 'lf';
  return { delimiter: stated ?? told?.[1] ?? bestDelimiter(plain, lineEnd), lineEnd, skipBytes: told ? Buffer.byteLength(told[0]) : 0 };
}

function count(text: string, part: string): number {
  return text.split(part).length - 1;
}

/** The one that gives the most rows as many cells as the header; among equals the one giving most cells. */
function bestDelimiter(plain: string, lineEnd: Dialect['lineEnd']): string {
  const lines = plain
    .split(lineEnd === 'cr' ? '\r' : /\r?\n/)
    .filter((line) => line.trim() !== '')
    .slice(0, 200);
  if (lines.length > 1) lines.pop(); // the sample may end within a line
  let best = ',',
    bestScore = 0;
  for (const delimiter of candidates) {
    const cells = lines.map((line) => count(line, delimiter));
    const header = cells[0] ?? 0;
    if (header === 0) continue;
    const alike = cells.filter((n) => n === header).length / lines.length;
    const score = alike * 10 + Math.min(header, 50) / 50;
    if (score > bestScore) {
      best = delimiter;
      bestScore = score;
    }
  }
  return best;
}
