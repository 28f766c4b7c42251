// SPDX-License-Identifier: AGPL-3.0-or-later
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkSeal, type ChainFault } from './chain.ts';
import { compareWithHeads, headText, readHead, type HeadLine } from './head.ts';
import { entryText, sealAfter, type Seal, type SealedEntry } from './seal.ts';

const hash = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex');
const sealedAt = (n: number) => `2026-11-22T04:30:${String(n % 60).padStart(2, '0')}.000000Z`;

const anEntry: fc.Arbitrary<SealedEntry> = fc.record({
  entryId: fc.uuid(),
  at: fc.nat(999_999).map((n) => `2026-11-22T04:30:00.${String(n).padStart(6, '0')}Z`),
  actorId: fc.string({ unit: 'grapheme', minLength: 1 }),
  action: fc.constantFrom('identity.read', 'consent.give', 'map.export'),
  placeId: fc.option(fc.uuid()),
  subject: fc.option(fc.string()),
  detail: fc.jsonValue().map((value) => JSON.stringify(value)),
});
/** A record of two to six seals over one to five entries each. */
const aRecord = fc
  .array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 6 })
  .chain((sizes) =>
    fc
      .uniqueArray(anEntry, { selector: ({ entryId }) => entryId, minLength: sum(sizes), maxLength: sum(sizes) })
      .map((entries) => sealed(entries, sizes)),
  );
const sum = (figures: readonly number[]) => figures.reduce((a, b) => a + b, 0);

interface Kept {
  readonly entries: readonly SealedEntry[];
  readonly seals: readonly Seal[];
}

function sealed(entries: readonly SealedEntry[], sizes: readonly number[]): Kept {
  const seals: Seal[] = [];
  let from = 0;
  for (const [i, size] of sizes.entries()) {
    seals.push(sealAfter(hash, seals.at(-1) ?? null, sealedAt(i), entries.slice(from, from + size)));
    from += size;
  }
  return { entries, seals };
}

function walk({ entries, seals }: Kept): readonly ChainFault[] {
  const byId = new Map(entries.map((entry) => [entry.entryId, entry]));
  return seals.flatMap((seal, i) => checkSeal(hash, seals[i - 1] ?? null, seal, byId));
}
const line = (seal: Seal, kind: HeadLine['kind'] = 'sealed'): HeadLine => ({
  kind,
  seal: seal.sealNo,
  digest: seal.digest,
  at: seal.sealedAt,
  database: '1/2',
});
const compared = (lines: readonly HeadLine[], seals: readonly Seal[]) =>
  compareWithHeads(lines, seals.length, (no) => seals[no - 1]?.digest);
const without = <T>(all: readonly T[], at: number) => all.filter((_, i) => i !== at);
const swapped = <T>(all: readonly T[], one: number, other: number) =>
  all.map((each, i) => (i === one ? (all[other] as T) : i === other ? (all[one] as T) : each));

describe('a chain of seals', () => {
  it('is whole as it was made', () => {
    fc.assert(
      fc.property(aRecord, (kept) => {
        expect(walk(kept)).toEqual([]);
      }),
    );
  });

  it('finds any field of any entry that was changed', () => {
    const field = fc.constantFrom('at', 'actorId', 'action', 'placeId', 'subject', 'detail') as fc.Arbitrary<keyof SealedEntry>;
    fc.assert(
      fc.property(aRecord, fc.nat(), field, fc.option(fc.string()), ({ entries, seals }, at, key, value) => {
        const which = at % entries.length;
        const changed = entries.map((entry, i) => (i === which ? { ...entry, [key]: value } : entry)) as SealedEntry[];
        fc.pre(changed[which]?.[key] !== entries[which]?.[key]);
        expect(walk({ entries: changed, seals })).not.toEqual([]);
      }),
    );
  });

  it('finds an entry taken away, added to a seal, put in another place, or moved to another seal', () => {
    fc.assert(
      fc.property(aRecord, anEntry, fc.nat(), fc.nat(), ({ entries, seals }, extra, one, other) => {
        expect(walk({ entries: without(entries, one % entries.length), seals })).not.toEqual([]);
        const at = one % seals.length;
        const inSeal = (change: (ids: readonly string[]) => readonly string[]) =>
          seals.map((seal, i) => (i === at ? { ...seal, entryIds: change(seal.entryIds) } : seal));
        expect(walk({ entries: [...entries, extra], seals: inSeal((ids) => [...ids, extra.entryId]) })).not.toEqual([]);
        expect(walk({ entries, seals: inSeal((ids) => without(ids, other % ids.length)) })).not.toEqual([]);
        const size = seals[at]?.entryIds.length ?? 0;
        if (size > 1) expect(walk({ entries, seals: inSeal((ids) => swapped(ids, other % size, (other + 1) % size)) })).not.toEqual([]);
        const from = seals[(at + 1) % seals.length]?.entryIds[0] ?? '';
        expect(walk({ entries, seals: inSeal((ids) => [...ids, from]) })).not.toEqual([]);
      }),
    );
  });

  it('finds a seal changed, taken away from within, doubled, or put in another place', () => {
    fc.assert(
      fc.property(aRecord, fc.nat(), fc.nat(), ({ entries, seals }, one, other) => {
        const at = one % (seals.length - 1);
        expect(walk({ entries, seals: without(seals, at) })).not.toEqual([]);
        expect(walk({ entries, seals: seals.toSpliced(at, 0, seals[at] as Seal) })).not.toEqual([]);
        expect(walk({ entries, seals: swapped(seals, at, at + 1) })).not.toEqual([]);
        const later = seals.map((seal, i) => (i === other % seals.length ? { ...seal, sealedAt: '2027-01-01T00:00:00.000000Z' } : seal));
        expect(walk({ entries, seals: later })).not.toEqual([]);
      }),
    );
  });

  it('that was made anew over a changed entry is whole in itself, and is not the one noted outside', () => {
    fc.assert(
      fc.property(aRecord, fc.nat(), ({ entries, seals }, at) => {
        const which = at % entries.length;
        const changed = entries.map((entry, i) => (i === which ? { ...entry, actorId: `${entry.actorId}.` } : entry));
        const forged = sealed(
          changed,
          seals.map(({ entryIds }) => entryIds.length),
        );
        expect(walk(forged)).toEqual([]);
        expect(
          compared(
            seals.map((seal) => line(seal)),
            seals,
          ).faults,
        ).toEqual([]);
        expect(
          compared(
            seals.map((seal) => line(seal)),
            forged.seals,
          ).faults,
        ).toMatchObject([{ kind: 'other-digest' }]);
      }),
    );
  });

  it('that lost its end is shorter than what was noted outside', () => {
    fc.assert(
      fc.property(aRecord, fc.nat(), ({ seals }, at) => {
        const held = 1 + (at % (seals.length - 1));
        expect(
          compared(
            seals.map((seal) => line(seal)),
            seals.slice(0, held),
          ).faults,
        ).toEqual([{ kind: 'shorter', noted: seals.length, held }]);
      }),
    );
  });

  it('tells entries apart whose fields run into one another', () => {
    const entry = { entryId: 'e', at: 't', actorId: 'a', action: 'b', placeId: null, subject: 'null', detail: '{}' };
    const texts = [
      entry,
      { ...entry, subject: null },
      { ...entry, actorId: 'a","b', action: '' },
      { ...entry, subject: null, placeId: 'null' },
    ];
    expect(new Set(texts.map(entryText)).size).toBe(texts.length);
  });
});

describe('the note outside the database', () => {
  const kept = sealed(
    Array.from({ length: 4 }, (_, i) => ({
      entryId: `${i}`,
      at: '',
      actorId: 'som',
      action: 'x.y',
      placeId: null,
      subject: null,
      detail: '{}',
    })),
    [1, 1, 1, 1],
  );
  const [first, second, third] = kept.seals as [Seal, Seal, Seal];

  it('is read back as it was written, and what is torn is no line', () => {
    const text = headText(line(third, 'restored'));
    expect(readHead(text)).toEqual(line(third, 'restored'));
    for (let cut = 0; cut < text.length; cut++) expect(readHead(text.slice(0, cut))).toBeNull();
    for (const wrong of ['{}', '[]', 'null', text.replace('"seal":3', '"seal":-1'), text.replace('restored', 'forgotten')])
      expect(readHead(wrong)).toBeNull();
  });

  it('after a restore speaks of seals that may be gone, and of how many', () => {
    const lines = [line(first), line(second), line(third), line(second, 'restored')];
    expect(compared(lines, kept.seals.slice(0, 2))).toEqual({
      faults: [],
      restores: [{ at: second.sealedAt, seal: 2, left: 1 }],
      begun: [],
    });
  });

  it('does not excuse what was cut after the restore', () => {
    const lines = [line(first), line(first, 'restored'), line(second), line(third)];
    expect(compared(lines, kept.seals.slice(0, 2)).faults).toEqual([{ kind: 'shorter', noted: 3, held: 2 }]);
  });

  it('says when it is behind, and where it began', () => {
    expect(compared([line(second, 'begun')], kept.seals.slice(0, 3))).toEqual({
      faults: [{ kind: 'behind', noted: 2, held: 3 }],
      restores: [],
      begun: [{ at: second.sealedAt, seal: 2 }],
    });
  });
});
