// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type, type Static } from 'typebox';

/** What an import found, dry run or real. Everything in the file is accounted for: taken + rejected = rows. */
export const RejectedRow = Type.Object({
  file: Type.String(),
  /** 1-based, the header being row 1, as a spreadsheet shows it. */
  row: Type.Union([Type.Integer(), Type.Null()]),
  column: Type.Union([Type.String(), Type.Null()]),
  code: Type.Union([Type.String(), Type.Null()]),
  reason: Type.String(),
});
export type RejectedRow = Static<typeof RejectedRow>;

/** What a file can be about. */
export const ImportKindName = Type.Union([
  Type.Literal('places'),
  Type.Literal('area-stats'),
  Type.Literal('people'),
  Type.Literal('observations'),
]);

/** By language; `name` and `code` are there for whoever has none of these. */
const Words = Type.Record(Type.String(), Type.String());

export const ImportReport = Type.Object({
  kind: ImportKindName,
  file: Type.String(),
  mapping: Type.String(),
  dryRun: Type.Boolean(),
  /** Already imported as this batch; nothing was done. */
  sameAs: Type.Union([Type.String(), Type.Null()]),
  batchId: Type.Union([Type.String(), Type.Null()]),
  rows: Type.Integer(),
  taken: Type.Integer(),
  rejected: Type.Integer(),
  /** The first hundred; all of them stand in `rejectedFile`. */
  rejectedRows: Type.Array(RejectedRow),
  rejectedFile: Type.Union([Type.String(), Type.Null()]),
  /** Things worth knowing that stop nothing: repaired encodings, unused columns. */
  notes: Type.Array(Type.String()),
  /** By level: how many places the installation knows, how many the file matched. */
  levels: Type.Array(
    Type.Object({
      country: Type.String(),
      level: Type.Integer(),
      name: Type.String(),
      names: Type.Optional(Words),
      known: Type.Integer(),
      matched: Type.Integer(),
      withBoundary: Type.Optional(Type.Integer()),
    }),
  ),
  /** area-stats: by indicator: rows with a value, cuts used, answers given. */
  indicators: Type.Array(
    Type.Object({
      code: Type.String(),
      title: Type.Optional(Words),
      values: Type.Integer(),
      empty: Type.Integer(),
      cuts: Type.Union([Type.Array(Type.Number()), Type.Null()]),
      scores: Type.Tuple([Type.Integer(), Type.Integer(), Type.Integer()]),
      /** Of people: answers that are no score. */
      unknown: Type.Optional(Type.Integer()),
      refused: Type.Optional(Type.Integer()),
      notApplicable: Type.Optional(Type.Integer()),
      summedTo: Type.Array(Type.Object({ level: Type.Integer(), places: Type.Integer() })),
    }),
  ),
  /**
   * Of people: private questions that the file asks, and of how many (people or households) it says anything and of how many nothing, whatever that is.
   * Both null where either is one to ten: it would be said of somebody (docs/decisions/0013-protected-answers.md).
   */
  privateQuestions: Type.Optional(
    Type.Array(
      Type.Object({
        code: Type.String(),
        title: Type.Optional(Words),
        values: Type.Union([Type.Integer(), Type.Null()]),
        empty: Type.Union([Type.Integer(), Type.Null()]),
      }),
    ),
  ),
  /** Of people: how many are new and how many were known, in how many new households, how many agreed, and (not in a dry run) have a name. */
  people: Type.Optional(
    Type.Object({
      new: Type.Integer(),
      known: Type.Integer(),
      households: Type.Integer(),
      agreed: Type.Integer(),
      named: Type.Optional(Type.Integer()),
    }),
  ),
  milliseconds: Type.Integer(),
});
export type ImportReport = Static<typeof ImportReport>;
