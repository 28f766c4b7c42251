// SPDX-License-Identifier: AGPL-3.0-or-later
import { Problem } from '../../platform/domain/problem.ts';
import type { AuditEntry, Tx } from '../../platform/server/endpoint.ts';
import type { JobContext, JobHandler } from '../../platform/server/jobs.ts';
import { fields, fieldLevels, type Comparison } from '../domain/linkage.ts';
import { learnFromRegister, type CountedComparison } from '../domain/linkage-estimate.ts';
import type { LinkageReason } from '../domain/linkage-weights.ts';
import { compareSome, type Compared } from './matching.ts';
import { findEstimate, insertEstimate, listDecided, listPatterns } from './queries-matching.ts';
import type { Vault } from './vault/vault.ts';

export interface MatchingSetup {
  /** Throws Problem 'vault-closed' where the master key is not at hand: whoever waits goes on waiting. */
  readonly vault: { forRequest(): Promise<Vault> };
  /** Writes into the record of use, in the job's own transaction, by whom the work was done. */
  readonly writeDown: (tx: Tx, actorId: string, entry: AuditEntry, newId: () => string) => Promise<void>;
  /** People a transaction. */
  readonly peopleAtOnce?: number;
}

/** Nobody is behind the work of a job. */
const byItself = 'system';
/** A second or two of work, and as many opened records as are held at once; neighbours share most of what is looked up. */
const atOnce = 150;
/** The queue has room for two jobs only: after so long others have their turn, and the clock asks again. */
const turn = 40_000;
/** Fewer compared pairs teach less than is known to begin with. */
const enoughPairs = 20_000;

/** Compares everybody who waits, some at a time; killed at any moment it goes on where it was. */
export async function compareWaiting(setup: MatchingSetup, job: JobContext): Promise<Compared> {
  const sum = { people: 0, opened: 0, pairs: 0 };
  const until = performance.now() + turn;
  while (!job.signal.aborted && performance.now() < until) {
    const vault = await setup.vault.forRequest().catch((error: unknown) => {
      if (error instanceof Problem) return null;
      throw error;
    });
    if (!vault) break;
    const done = await job.db
      .transaction()
      .execute((tx) => compareSome(tx, vault, (entry) => setup.writeDown(tx, byItself, entry, job.newId), setup.peopleAtOnce ?? atOnce));
    if (done.people === 0) break;
    sum.people += done.people;
    sum.opened += done.opened;
    sum.pairs += done.pairs;
  }
  return sum;
}

/** What a household says is asked of alike pairs only, and would teach that everybody's households agree: left open. */
const household = fields.indexOf('household');

function readPattern(pattern: string): Comparison {
  return [...pattern].map((level, at) => (level === '-' || at === household ? null : Number(level)));
}

function comparisonOf(reasons: readonly LinkageReason[]): Comparison {
  const levels = new Map(reasons.map(({ field, level }) => [field, (fieldLevels[field] as readonly string[]).indexOf(level)]));
  return fields.map((field) => (field === 'household' ? null : (levels.get(field) ?? null)));
}

/** Learns the weights anew where half as many pairs again were compared since, and keeps them with their date and how many taught them. */
export async function learnWeights(job: Pick<JobContext, 'db' | 'now' | 'newId'>): Promise<boolean> {
  return job.db.transaction().execute(async (tx) => {
    const patterns = await listPatterns(tx);
    const pairs = patterns.reduce((sum, { n }) => sum + n, 0);
    const before = await findEstimate(tx);
    if (pairs < Math.max(enoughPairs, 1.5 * (before?.pairs ?? 0))) return false;
    const decided = await listDecided(tx);
    const counted: CountedComparison[] = [
      ...patterns.map(({ pattern, n }) => ({ comparison: readPattern(pattern), count: n })),
      ...decided.map(({ reasons, state, n }) => ({
        comparison: comparisonOf(reasons),
        count: n,
        decided: state === 'same' ? ('one' as const) : ('two' as const),
      })),
    ];
    const parameters = learnFromRegister(counted);
    await insertEstimate(tx, {
      estimateId: job.newId(),
      madeAt: job.now(),
      pairs,
      decided: decided.reduce((sum, { n }) => sum + n, 0),
      parameters,
    });
    return true;
  });
}

/** The work behind the queue of people who may be written down twice. */
export const matchingJobs = (setup: MatchingSetup): readonly JobHandler[] => [
  { name: 'people:compare', cron: '* * * * *', handle: async (_payload, job) => void (await compareWaiting(setup, job)) },
  { name: 'people:learn-weights', cron: '47 * * * *', handle: async (_payload, job) => void (await learnWeights(job)) },
];
