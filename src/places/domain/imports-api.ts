// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type, type Static } from 'typebox';
import { ImportKindName, ImportReport } from './import-report.ts';

/** What stopped an import, in the words of the problem catalogue. */
export const ImportProblem = Type.Object({
  code: Type.String(),
  detail: Type.String(),
  at: Type.Union([
    Type.Object({ file: Type.String(), row: Type.Optional(Type.Integer()), column: Type.Optional(Type.String()) }),
    Type.Null(),
  ]),
});
export type ImportProblem = Static<typeof ImportProblem>;

/** One import as the browser follows it. `report` once it is done; `problem` when it failed or was cancelled. */
export const ImportState = Type.Object({
  batchId: Type.String(),
  kind: Type.String(),
  fileName: Type.String(),
  mappingName: Type.String(),
  dryRun: Type.Boolean(),
  /** Asked for and not begun: it says `running` then too. */
  waiting: Type.Boolean(),
  state: Type.Union([
    Type.Literal('running'),
    Type.Literal('done'),
    Type.Literal('failed'),
    Type.Literal('cancelled'),
    Type.Literal('undone'),
  ]),
  /** While running. `total` 0: not known yet. */
  progress: Type.Union([Type.Object({ done: Type.Integer(), total: Type.Integer(), phase: Type.String() }), Type.Null()]),
  report: Type.Union([ImportReport, Type.Null()]),
  problem: Type.Union([ImportProblem, Type.Null()]),
  /** The account; its name is the administrator's to see. */
  startedBy: Type.String(),
  startedAt: Type.String(),
  finishedAt: Type.Union([Type.String(), Type.Null()]),
  undoneAt: Type.Union([Type.String(), Type.Null()]),
  /** Only in the answer to undoing it: how much of what was taken back, and what stays because something else hangs on it. */
  tookBack: Type.Optional(Type.Record(Type.String(), Type.Integer())),
});
export type ImportState = Static<typeof ImportState>;

export const ImportStarted = Type.Object({ batchId: Type.String() });
export const ImportList = Type.Object({ rows: Type.Array(ImportState), next: Type.Union([Type.String(), Type.Null()]) });

/** How an import stands, as the list is asked for it. Left out: all but dry runs, which nobody keeps. */
export const ImportStanding = Type.Union([
  Type.Literal('waiting'),
  Type.Literal('running'),
  Type.Literal('done'),
  Type.Literal('failed'),
  Type.Literal('cancelled'),
  Type.Literal('undone'),
  Type.Literal('dry-run'),
]);
export type ImportStanding = Static<typeof ImportStanding>;

const asked = {
  kind: Type.Optional(ImportKindName),
  state: Type.Optional(ImportStanding),
  file: Type.Optional(Type.String({ maxLength: 200, description: 'part of the name of a file, in any case' })),
  sort: Type.Optional(Type.Union([Type.Literal('newest'), Type.Literal('oldest')])),
};
export const ImportsAsked = Type.Object(asked);
export type ImportsAsked = Static<typeof ImportsAsked>;
export const ImportsQuery = Type.Object({
  ...asked,
  after: Type.Optional(Type.String({ format: 'uuid', description: 'the value of "next" from the page before' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
});

/** The form's text fields. The mapping comes as text here or as a file in the field `mapping`. */
export const ImportForm = Type.Object({
  kind: ImportKindName,
  mapping: Type.Optional(Type.String()),
  mappingName: Type.Optional(Type.String()),
  dryRun: Type.Optional(Type.Union([Type.Literal('true'), Type.Literal('false')])),
});

/** The form's text fields of a preview: with a mapping, it is tried on the first rows. */
export const PreviewForm = Type.Object({
  encoding: Type.Optional(Type.String()),
  kind: Type.Optional(ImportKindName),
  mapping: Type.Optional(Type.String()),
  mappingName: Type.Optional(Type.String()),
});

/** One expression of a mapping on the first rows: `value`, `part` or `whole` of an indicator, or `code`, `observed` and the like. */
export const TriedExpression = Type.Object({
  what: Type.String(),
  indicator: Type.Union([Type.String(), Type.Null()]),
  /** Why it cannot be worked out on any row: a column that is missing, a function that may not be used. Names the expression. */
  problem: Type.Union([Type.String(), Type.Null()]),
  rows: Type.Array(
    Type.Object({
      row: Type.Integer(),
      value: Type.Union([Type.String(), Type.Number(), Type.Boolean(), Type.Null()]),
      /** Which cell of this row is in the way, in words. */
      reason: Type.Union([Type.String(), Type.Null()]),
    }),
  ),
});
export type TriedExpression = Static<typeof TriedExpression>;

/** What lies in a file, before any mapping: columns and the first rows, all text. */
export const FilePreview = Type.Object({
  file: Type.String(),
  columns: Type.Array(Type.String()),
  rows: Type.Array(Type.Object({ row: Type.Integer(), cells: Type.Array(Type.Union([Type.String(), Type.Null()])) })),
  rowCount: Type.Integer(),
  notes: Type.Array(Type.String()),
  /** Only where a mapping was sent that speaks of this file. */
  tried: Type.Optional(Type.Array(TriedExpression)),
});
export type FilePreview = Static<typeof FilePreview>;
