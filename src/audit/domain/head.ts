// SPDX-License-Identifier: AGPL-3.0-or-later

/** One line of head.log: the last seal there was, noted outside the database. */
export interface HeadLine {
  /**
   * `restored`: a backup was brought back, and this is the last seal in it. `begun`: there was no note yet, though there were seals; of those before
   * this one nothing is noted here.
   */
  readonly kind: 'sealed' | 'restored' | 'begun';
  readonly seal: number;
  readonly digest: string;
  readonly at: string;
  /** Which database said so: its server's identifier and its own. */
  readonly database: string;
}

export interface HeadComparison {
  readonly faults: readonly HeadFault[];
  /** Backups that were brought back, and how many seals noted before are not in them. */
  readonly restores: readonly { readonly at: string; readonly seal: number; readonly left: number }[];
  /** Where notes began though there were seals already. */
  readonly begun: readonly { readonly at: string; readonly seal: number }[];
}

export type HeadFault =
  | { readonly kind: 'shorter'; readonly noted: number; readonly held: number }
  | { readonly kind: 'other-digest'; readonly sealNo: number }
  /** The chain is longer than the last note: the last writing of the note failed, or notes were taken away. */
  | { readonly kind: 'behind'; readonly noted: number; readonly held: number };

/** The line as it is written, without the line break; `null` when a text is not one. */
export function headText({ kind, seal, digest, at, database }: HeadLine): string {
  return JSON.stringify({ kind, seal, digest, at, database });
}

export function readHead(text: string): HeadLine | null {
  try {
    const { kind, seal, digest, at, database } = JSON.parse(text) as Record<string, unknown>;
    if (kind !== 'sealed' && kind !== 'restored' && kind !== 'begun') return null;
    if (!Number.isSafeInteger(seal) || (seal as number) < 0) return null;
    if (typeof digest !== 'string' || !/^[0-9a-f]{64}$/.test(digest) || typeof at !== 'string' || typeof database !== 'string') return null;
    return { kind, seal: seal as number, digest, at, database };
  } catch {
    return null;
  }
}

/**
 * Compares what was noted outside with the chain inside. What was noted before a backup was brought back speaks of seals that may
 * rightly be gone; everything noted since then must still be there with the same digest.
 */
export function compareWithHeads(
  lines: readonly HeadLine[],
  held: number,
  digestOfSeal: (sealNo: number) => string | undefined,
): HeadComparison {
  const lastRestore = lines.findLastIndex(({ kind }) => kind === 'restored');
  const since = lines.slice(Math.max(lastRestore, 0));
  const noted = highest(since);
  const faults: HeadFault[] = [];
  if (noted > held) faults.push({ kind: 'shorter', noted, held });
  if (noted < held) faults.push({ kind: 'behind', noted, held });
  const other = since.find(({ seal, digest }) => seal > 0 && seal <= held && digestOfSeal(seal) !== digest);
  if (other) faults.push({ kind: 'other-digest', sealNo: other.seal });
  const restores = lines.flatMap(({ kind, at, seal }, i) => {
    if (kind !== 'restored') return [];
    return [{ at, seal, left: Math.max(0, highest(lines.slice(0, i)) - seal) }];
  });
  const begun = lines.filter(({ kind }) => kind === 'begun').map(({ at, seal }) => ({ at, seal }));
  return { faults, restores, begun };
}

const highest = (lines: readonly HeadLine[]): number => lines.reduce((most, { seal }) => Math.max(most, seal), 0);
