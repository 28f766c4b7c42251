// SPDX-License-Identifier: AGPL-3.0-or-later
import { fieldLevels, fields, type Comparison, type Field } from './linkage.ts';

/**
 * What the weights are made of (Fellegi & Sunter 1969, "A theory for record linkage", JASA 64): for each field and level, how often it is seen
 * in two records of one person (m) and in records of two people (u), both among pairs that are compared at all; and what share of those
 * pairs is one person.
 */
export interface LinkageParameters {
  readonly prior: number;
  /** In the order of `fields`, then of their levels; each adds up to 1. */
  readonly m: readonly (readonly number[])[];
  readonly u: readonly (readonly number[])[];
}

/** Until a register has been learned from: estimated on made registers with planted duplicates (linkage.test.ts), rounded. */
export const startingParameters: LinkageParameters = {
  prior: 0.01,
  m: [
    [0.01, 0.02, 0.07, 0.25, 0.65],
    [0.03, 0.03, 0.24, 0.15, 0.55],
    [0.02, 0.98],
    [0.3, 0.7],
    [0.1, 0.9],
    [0.07, 0.1, 0.08, 0.75],
    [0.15, 0.25, 0.6],
  ],
  u: [
    [0.02, 0.81, 0.14, 0.02, 0.01],
    [0.9, 0.03, 0.064, 0.003, 0.003],
    [0.5, 0.5],
    [0.9, 0.1],
    [0.9999, 0.0001],
    [0.2, 0.05, 0.5, 0.25],
    [0.95, 0.04, 0.01],
  ],
};

/** No single field may say never or always: somebody will have typed it wrong. */
const least = 1e-4;

/** Levels whose weight falls below a lower level's share one weight with it, so that more agreement never counts for less. */
function rising(weights: readonly number[], shares: readonly number[]): number[] {
  const pools: { sum: number; share: number; size: number }[] = [];
  weights.forEach((weight, at) => {
    const share = Math.max(shares[at] ?? 0, least);
    let pool = { sum: weight * share, share, size: 1 };
    for (let last = pools.at(-1); last && last.sum / last.share > pool.sum / pool.share; last = pools.at(-1)) {
      pools.pop();
      pool = { sum: pool.sum + last.sum, share: pool.share + last.share, size: pool.size + last.size };
    }
    pools.push(pool);
  });
  return pools.flatMap((pool) => new Array<number>(pool.size).fill(pool.sum / pool.share));
}

/** log2(m/u) of each field and level. */
export function levelWeights(parameters: LinkageParameters): number[][] {
  return fields.map((_, field) => {
    const [m, u] = [parameters.m[field]!, parameters.u[field]!];
    const weights = m.map((each, level) => Math.log2(Math.max(each, least) / Math.max(u[level]!, least)));
    return rising(
      weights,
      m.map((each, level) => each + u[level]!),
    );
  });
}

/** Why two records may be one person, or may not: a field, its level by name, and what it weighs; a screen has a sentence for each. */
export interface LinkageReason {
  readonly field: Field;
  readonly level: string;
  readonly weight: number;
}

export interface LinkageVerdict {
  /** Sum of log2(m/u): how many times the evidence doubles the odds. */
  readonly weight: number;
  readonly probability: number;
  /** Never more than a proposal: only a person merges. */
  readonly verdict: 'unlikely' | 'possible' | 'probable';
  /** The weightiest first; a field that either record leaves open is not among them. */
  readonly reasons: readonly LinkageReason[];
}

/** From these probabilities on, a pair is put before somebody, and put first. */
export const linkageThresholds = { possible: 0.3, probable: 0.9 } as const;

export function weighComparison(comparison: Comparison, parameters: LinkageParameters = startingParameters): LinkageVerdict {
  return weigher(parameters)(comparison);
}

/** The same for many comparisons: the weights are worked out once. */
export function weigher(parameters: LinkageParameters): (comparison: Comparison) => LinkageVerdict {
  const weights = levelWeights(parameters);
  const start = Math.log2(parameters.prior / (1 - parameters.prior));
  return (comparison) => {
    const reasons = fields.flatMap((field, at): LinkageReason[] => {
      const level = comparison[at] ?? null;
      return level === null ? [] : [{ field, level: fieldLevels[field][level]!, weight: weights[at]![level]! }];
    });
    const weight = reasons.reduce((sum, reason) => sum + reason.weight, 0);
    const probability = 1 / (1 + 2 ** -(start + weight));
    const { possible, probable } = linkageThresholds;
    return {
      weight,
      probability,
      verdict: probability >= probable ? 'probable' : probability >= possible ? 'possible' : 'unlikely',
      reasons: reasons.sort((a, b) => Math.abs(b.weight) - Math.abs(a.weight)),
    };
  };
}
