// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Side } from './fold.ts';
import type { Instrument } from './instrument.ts';
import type { SubjectKind } from './pack.ts';
import { validitySlots } from './valid-until.ts';

/**
 * The fold of fold.ts for very many people at many moments: the same answers (batch.test.ts), some hundred times faster, because everything about the
 * instrument is looked up once and nothing is allocated in the inner loop.
 */
export interface BatchAssessment {
  readonly assessmentId: string;
  /** The version it was written under, as `Plan.versions` counts them. */
  readonly version: number;
  readonly answers: Uint8Array;
  readonly observedAt: number;
  readonly recordedAt: number;
  readonly validUntil: ArrayLike<number>;
  readonly supersedes: string | null;
}

/** Where each byte of a version goes. */
interface Route {
  readonly from: number;
  readonly to: number;
  readonly bySex: boolean;
  readonly slot: number;
}

export interface Plan {
  readonly instrument: Instrument;
  /** Routes by version and kind of subject; an indicator that the live version does not know is left out. */
  readonly routes: readonly Readonly<Record<SubjectKind, readonly Route[]>>[];
  readonly weights: readonly number[];
  readonly totalWeight: number;
}

export function planOf(live: Instrument, versions: readonly Instrument[]): Plan {
  const positions = new Map(live.indicators.map((i, position) => [i.code, position]));
  const routesOf = (version: Instrument, kind: SubjectKind): Route[] => {
    const slots = validitySlots(version);
    return version.indicators.flatMap((indicator, from) => {
      const to = positions.get(indicator.code);
      // Whose answer it is, the live version says.
      if (to === undefined || live.indicators[to]?.unit !== kind) return [];
      return [{ from, to, bySex: indicator.bySex, slot: slots[from] ?? 0 }];
    });
  };
  const weights = live.indicators.map((i) => i.weight);
  return {
    instrument: live,
    weights,
    totalWeight: weights.reduce((sum, w) => sum + w, 0),
    routes: versions.map((v) => ({ person: routesOf(v, 'person'), household: routesOf(v, 'household'), place: routesOf(v, 'place') })),
  };
}

/** Everything recorded of one holder, latest first, with what was voided. Undone batches are left out before. */
export interface Holder {
  readonly kind: SubjectKind;
  readonly latestFirst: readonly BatchAssessment[];
  /** assessment id -> indicator positions voided for females (0) and males (1). */
  readonly voided: ReadonlyMap<string, readonly [Set<number>, Set<number>]> | null;
}

function sideOf(byte: number, bySex: boolean, side: Side): number {
  return bySex ? (side === 0 ? byte & 15 : byte >> 4) : byte;
}

export function holderOf(plan: Plan, kind: SubjectKind, recorded: readonly BatchAssessment[]): Holder {
  const latestFirst = [...recorded].sort(
    (a, b) => b.observedAt - a.observedAt || b.recordedAt - a.recordedAt || (a.assessmentId < b.assessmentId ? 1 : -1),
  );
  let voided: Map<string, [Set<number>, Set<number>]> | null = null;
  for (const c of recorded) {
    if (c.supersedes === null) continue;
    voided ??= new Map();
    const sets = voided.get(c.supersedes) ?? [new Set<number>(), new Set<number>()];
    for (const route of plan.routes[c.version]?.[kind] ?? []) {
      const byte = c.answers[route.from] ?? 0;
      for (const side of [0, 1] as const) if (sideOf(byte, route.bySex, side) !== 0) sets[side].add(route.to);
    }
    voided.set(c.supersedes, sets);
  }
  return { kind, latestFirst, voided };
}

/** When the first of a holder's assessments counts that was told by a clock ahead of ours; null: none was. */
export function nextTold({ latestFirst }: Holder, at: number): number | null {
  let next: number | null = null;
  for (const { observedAt } of latestFirst) {
    if (observedAt <= at) break;
    next = observedAt;
  }
  return next;
}

/** One answer an indicator, with its dates; answer 0 where nothing holds. Reused from call to call. */
export interface Cells {
  readonly answer: Uint8Array;
  readonly observedAt: Float64Array;
  readonly validUntil: Float64Array;
}

export function cellsFor(plan: Plan): Cells & { readonly decided: Uint8Array } {
  const n = plan.weights.length;
  return { answer: new Uint8Array(n), observedAt: new Float64Array(n), validUntil: new Float64Array(n), decided: new Uint8Array(n) };
}

/** Writes what holds for one holder at `at` into `cells`, emptied first. */
export function holdInto(cells: ReturnType<typeof cellsFor>, plan: Plan, holder: Holder, side: Side, at: number): void {
  cells.answer.fill(0);
  cells.decided.fill(0);
  for (const a of holder.latestFirst) {
    if (a.observedAt > at) continue;
    const voided = holder.voided?.get(a.assessmentId)?.[side];
    for (const route of plan.routes[a.version]?.[holder.kind] ?? []) {
      if (cells.decided[route.to]) continue;
      const answer = sideOf(a.answers[route.from] ?? 0, route.bySex, side);
      if (answer < 1 || answer > 6 || voided?.has(route.to)) continue;
      cells.decided[route.to] = 1;
      const end = a.validUntil[route.slot] ?? 0;
      if (end <= at) continue;
      cells.answer[route.to] = answer;
      cells.observedAt[route.to] = a.observedAt;
      cells.validUntil[route.to] = end;
    }
  }
}

/** What adds up: the sums over some of a person's indicators. Those of her own, her household's and her place's answers make her score. */
export interface Sums {
  excess: number;
  known: number;
  notApplicable: number;
}

export function sumsOf(plan: Plan, answer: Uint8Array): Sums {
  let excess = 0,
    known = 0,
    notApplicable = 0;
  for (let i = 0; i < answer.length; i++) {
    const given = answer[i] ?? 0,
      weight = plan.weights[i] ?? 0;
    if (given >= 1 && given <= 3) {
      known += weight;
      excess += weight * (given - 1);
    } else if (given === 6) notApplicable += weight;
  }
  return { excess, known, notApplicable };
}
