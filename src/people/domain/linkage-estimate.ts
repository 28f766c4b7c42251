// SPDX-License-Identifier: AGPL-3.0-or-later
import { fieldLevels, fields, type Comparison } from './linkage.ts';
import { startingParameters, type LinkageParameters } from './linkage-weights.ts';

/** How many of the compared pairs agree in this way. */
export interface CountedComparison {
  readonly comparison: Comparison;
  readonly count: number;
  /** Whether somebody has looked and found these pairs to be one person, or two. */
  readonly decided?: 'one' | 'two';
}

export function countComparisons(comparisons: Iterable<Comparison>): CountedComparison[] {
  const counts = new Map<string, { comparison: Comparison; count: number }>();
  for (const comparison of comparisons) {
    const key = comparison.join();
    const counted = counts.get(key) ?? { comparison, count: 0 };
    counted.count++;
    counts.set(key, counted);
  }
  return [...counts.values()];
}

type Table = number[][];
const emptyTable = (): Table => fields.map((field) => fieldLevels[field].map(() => 0));

/** Each field's sums as shares; a field nobody filled keeps what was thought before. */
function asShares(sums: Table, before: readonly (readonly number[])[]): Table {
  return sums.map((field, at) => {
    const total = field.reduce((sum, each) => sum + each, 0);
    return total > 0 ? field.map((each) => each / total) : [...before[at]!];
  });
}

/** How often each level is seen among pairs drawn at random, of which hardly one is one person: u as it is. */
export function sharesOfLevels(patterns: readonly CountedComparison[]): number[][] {
  const sums = emptyTable();
  for (const { comparison, count } of patterns) comparison.forEach((level, at) => level !== null && (sums[at]![level]! += count));
  return asShares(sums, startingParameters.u);
}

function likelihood(comparison: Comparison, shares: readonly (readonly number[])[]): number {
  return comparison.reduce<number>((product, level, at) => (level === null ? product : product * shares[at]![level]!), 1);
}

/** How a pattern comes about: as one person, and as two; nothing but what was decided where somebody has looked. */
function ways({ comparison, decided }: CountedComparison, { prior, m, u }: LinkageParameters): [one: number, two: number] {
  const one = decided === 'two' ? 0 : prior * likelihood(comparison, m);
  return [one, decided === 'one' ? 0 : (1 - prior) * likelihood(comparison, u)];
}

/** The log of how likely the counted patterns are under the parameters. */
export function logLikelihood(patterns: readonly CountedComparison[], parameters: LinkageParameters): number {
  return patterns.reduce((sum, pattern) => {
    const [one, two] = ways(pattern, parameters);
    return sum + pattern.count * Math.log(Math.max(one + two, Number.MIN_VALUE));
  }, 0);
}

export interface EstimateOptions {
  /** What is believed before: where learning starts. */
  readonly start?: LinkageParameters;
  /** Keep the u of `start`, as sharesOfLevels found it: among compared pairs so few are one person that all of them show what two are like. */
  readonly keepU?: boolean;
  /** As many pairs of one person as are imagined, agreeing as the m of `start` says, beside those counted; 0 believes the counts alone. */
  readonly belief?: number;
  readonly rounds?: number;
  /** Learning ends when a round makes the log likelihood of a pair grow by less. */
  readonly enough?: number;
}

/** One round: how likely each pattern is one person by the old parameters, and the parameters that follow from it. */
function round(
  patterns: readonly CountedComparison[],
  old: LinkageParameters,
  start: LinkageParameters,
  belief: number,
  keepU: boolean,
): LinkageParameters {
  const m = start.m.map((field) => field.map((share) => share * belief));
  const u = emptyTable();
  let [ones, all] = [0, 0];
  for (const pattern of patterns) {
    const { comparison, count } = pattern;
    const [one, two] = ways(pattern, old);
    const share = one + two > 0 ? one / (one + two) : pattern.decided === undefined ? old.prior : Number(pattern.decided === 'one');
    ones += count * share;
    all += count;
    comparison.forEach((level, at) => {
      if (level === null) return;
      m[at]![level]! += count * share;
      u[at]![level]! += count * (1 - share);
    });
  }
  return { prior: ones / all, m: asShares(m, old.m), u: keepU ? old.u : asShares(u, old.u) };
}

/** What is believed, as a log likelihood: that of the imagined pairs. */
function logBelief(m: LinkageParameters['m'], start: LinkageParameters, belief: number): number {
  if (belief === 0) return 0;
  return m.reduce(
    (sum, field, at) =>
      sum + field.reduce((part, share, level) => part + belief * start.m[at]![level]! * Math.log(Math.max(share, Number.MIN_VALUE)), 0),
    0,
  );
}

export interface Estimate {
  readonly parameters: LinkageParameters;
  /** Before the first round and after each, with what is believed; it never falls. */
  readonly logLikelihoods: readonly number[];
}

/**
 * Learns the parameters from counted patterns, of few or none of which somebody said whether they are one person, by expectation and
 * maximisation (Dempster, Laird & Rubin 1977; for linkage Winkler 1988 and Jaro 1989), taking the fields as independent within each class.
 * A field left open says nothing.
 *
 * Families are the trap: they share name, phone and village, and left alone the method finds them rather than people written down twice.
 * So learn from pairs of different households only, with `keepU` and some `belief` (learnFromRegister).
 */
export function estimate(patterns: readonly CountedComparison[], options: EstimateOptions = {}): Estimate {
  const { start = startingParameters, keepU = false, belief = 0, rounds = 200, enough = 1e-9 } = options;
  const all = patterns.reduce((sum, { count }) => sum + count, 0);
  if (all === 0) return { parameters: start, logLikelihoods: [] };
  const likely = (parameters: LinkageParameters): number => logLikelihood(patterns, parameters) + logBelief(parameters.m, start, belief);
  let parameters = start;
  const logLikelihoods = [likely(start)];
  for (let at = 0; at < rounds; at++) {
    parameters = round(patterns, parameters, start, belief, keepU);
    logLikelihoods.push(likely(parameters));
    if (logLikelihoods.at(-1)! - logLikelihoods.at(-2)! < enough * all) break;
  }
  return { parameters, logLikelihoods };
}

/** How many pairs are imagined for each that was compared. */
const imagined = 0.1;

/** What a register teaches: u from all its compared pairs of different households, m and the prior from them and what is believed. */
export function learnFromRegister(patterns: readonly CountedComparison[]): LinkageParameters {
  const start = { ...startingParameters, u: sharesOfLevels(patterns) };
  const pairs = patterns.reduce((sum, { count }) => sum + count, 0);
  return estimate(patterns, { start, keepU: true, belief: imagined * pairs }).parameters;
}
