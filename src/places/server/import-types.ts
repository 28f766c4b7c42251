// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Actor } from '../../platform/domain/actor.ts';
import type { Tx } from '../../platform/server/endpoint.ts';
import type { Expression, TableOptions, Value } from '../../platform/server/tabular.ts';
import type { ImportReport } from '../domain/import-report.ts';

/** A file to read: what people call it, and where it lies. */
export interface ImportFile {
  readonly name: string;
  readonly path: string;
}

/** How far an import is. `total` is 0 while it is not known; `phase` is a plain sentence. */
export interface ImportProgress {
  readonly done: number;
  readonly total: number;
  readonly phase: string;
}

/** What every kind of import gets. The engine writes through `tx` only; whether it is kept is the caller's to say. */
export interface ImportArgs {
  readonly tx: Tx;
  readonly actor: Actor;
  /** Stands in import_batch already. */
  readonly batchId: string;
  readonly files: readonly ImportFile[];
  readonly mappingText: string;
  readonly mappingName: string;
  readonly dryRun: boolean;
  /** Where to write every rejected row as CSV; made only when there is one. */
  readonly rejectedFile: string;
  readonly now: Date;
  readonly newId: () => string;
  readonly signal: AbortSignal;
  onProgress(progress: ImportProgress): void;
}

/** What a mapping works out of each row of a file, one by one: `value` of `poor_households`, or `code`. */
export interface Trial {
  readonly options: TableOptions;
  readonly expressions: readonly {
    readonly what: string;
    readonly indicator: string | null;
    readonly expression: Expression;
    /** What the mapping makes of the value, where that is more than the expression; a reason where it cannot. */
    readonly read?: (value: Value) => { readonly value: Value; readonly reason: string | null };
  }[];
}

/**
 * A port. What rooms above keep of places follows in the transaction that brings places in or takes them back; the ground calls nobody above it, so whoever puts
 * the rooms together says who follows.
 */
export interface PlacesFollower {
  /** The places of a batch are about to be removed: what only hangs on them, and says nothing by itself, goes first. */
  going(args: { readonly tx: Tx; readonly batchId: string }): Promise<void>;
  /** Places came with a batch (it has them now) or went with it (it has none any more), in these countries. */
  changed(args: {
    readonly tx: Tx;
    readonly batchId: string;
    readonly countries: readonly string[];
    readonly now: Date;
    readonly signal?: AbortSignal;
  }): Promise<void>;
}

/** One kind of import. Rooms above register theirs where the endpoints and the command line are put together. */
export interface ImportKind {
  readonly kind: ImportReport['kind'];
  /** Who may run, see and undo it. */
  readonly right: string;
  /** Throws where this installation takes no such file, before anything of it is looked into or kept. Left out: it always does. */
  admits?(tx: Tx): Promise<void>;
  /** Throws `bad-mapping` naming the key at fault; answers with what is kept as import_batch.mapping. */
  checkMapping(text: string, name: string): Record<string, unknown>;
  /** For a look at the first rows. Null when the mapping does not speak of this file. Throws `bad-mapping`. */
  trial?(text: string, name: string, fileName: string): Trial | null;
  /** What others than whoever brought a file may read of its mapping, as YAML; left out: all of it. `mapping` as it was written, or as it is kept. */
  mappingForOthers?(tx: Tx, mapping: unknown): Promise<string>;
  run(args: ImportArgs): Promise<ImportReport>;
  /** Takes back what a batch did, in the transaction given, or throws a Problem that says why it cannot. */
  undo(args: {
    readonly tx: Tx;
    readonly actor: Actor;
    readonly batchId: string;
    readonly now: Date;
    readonly newId: () => string;
  }): Promise<Record<string, number>>;
}
