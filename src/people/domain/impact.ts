// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type, type Static } from 'typebox';
import { LawfulBasis } from './basis.ts';
import { ReadingLimits } from './reading-limits.ts';
import { RetentionCategory, RetentionRule, retentionCategories } from './retention.ts';

/** A role as the data protection impact page tells of it. */
export const RoleFacts = Type.Object({
  role: Type.String(),
  rights: Type.Array(Type.String()),
  secondProof: Type.Boolean(),
  /** Decides about erasures and objections: somebody must. */
  decides: Type.Boolean(),
  /** Reads names, answers or protected answers of people. */
  reads: Type.Array(Type.String()),
});
export type RoleFacts = Static<typeof RoleFacts>;

/** Another service that vouches for people who sign in here. */
export const OtherService = Type.Object({
  label: Type.String(),
  /** Some of what it says counts as a second proof, which is then not asked here. */
  countsAsProof: Type.Boolean(),
});
export type OtherService = Static<typeof OtherService>;

export const ImpactNumbers = Type.Object({
  people: Type.Integer(),
  records: Type.Integer(),
  households: Type.Integer(),
  identities: Type.Integer(),
  assessments: Type.Integer(),
  readings30: Type.Integer(),
  readers30: Type.Integer(),
  open: Type.Integer(),
  overdue: Type.Integer(),
  restricted: Type.Integer(),
  erased: Type.Integer(),
  holds: Type.Integer(),
  due: Type.Integer(),
  unfounded: Type.Integer(),
  organisations: Type.Integer(),
  referred: Type.Integer(),
  vaultKey: Type.Union([Type.Object({ id: Type.String(), madeAt: Type.String() }), Type.Null()]),
  /** Accounts in use, by role. */
  accounts: Type.Record(Type.String(), Type.Integer()),
  demo: Type.Boolean(),
  peopleKept: Type.Boolean(),
});
export type ImpactNumbers = Static<typeof ImpactNumbers>;

/** A risk that follows from what is set and counted. The page says each in a sentence of its own. */
export const Risk = Type.Union([
  Type.Object({ code: Type.Literal('no-basis') }),
  Type.Object({ code: Type.Literal('basis-without-consent'), titles: Type.Array(Type.String()) }),
  Type.Object({ code: Type.Literal('records-without-basis'), n: Type.Integer() }),
  Type.Object({ code: Type.Literal('role-without-second-proof'), roles: Type.Array(Type.String()) }),
  Type.Object({ code: Type.Literal('no-retention-rule'), categories: Type.Array(RetentionCategory) }),
  Type.Object({ code: Type.Literal('overdue'), n: Type.Integer() }),
  Type.Object({ code: Type.Literal('due'), n: Type.Integer() }),
  Type.Object({ code: Type.Literal('old-key'), days: Type.Integer() }),
  Type.Object({ code: Type.Literal('unsealed'), n: Type.Integer() }),
  Type.Object({ code: Type.Literal('no-officer') }),
  Type.Object({ code: Type.Literal('demo') }),
]);
export type Risk = Static<typeof Risk>;

export const Impact = Type.Object({
  madeAt: Type.String({ format: 'date-time' }),
  bases: Type.Array(LawfulBasis),
  asked: Type.Array(Type.Object({ title: Type.String(), questions: Type.Integer(), private: Type.Array(Type.String()) })),
  roles: Type.Array(RoleFacts),
  rules: Type.Array(RetentionRule),
  sealed: Type.Object({ seals: Type.Integer(), sealedAt: Type.Union([Type.String(), Type.Null()]), waiting: Type.Integer() }),
  numbers: ImpactNumbers,
  /** How many people one account may open in a while. */
  limits: ReadingLimits,
  /** Null: everybody signs in here. */
  otherService: Type.Union([OtherService, Type.Null()]),
  risks: Type.Array(Risk),
});
export type Impact = Static<typeof Impact>;

const daysAKeyMayServe = 730,
  manyUnsealed = 1000;

/** What follows from the settings, the gravest first. */
export function risksOf(
  { bases, roles, rules, sealed, numbers }: Pick<Impact, 'bases' | 'roles' | 'rules' | 'sealed' | 'numbers'>,
  now: Date,
): Risk[] {
  const inForce = bases.filter(({ endedAt }) => endedAt === null);
  const risks: Risk[] = [];
  if (numbers.demo) risks.push({ code: 'demo' });
  if (!numbers.peopleKept && numbers.records === 0) return risks;
  if (inForce.length === 0) risks.push({ code: 'no-basis' });
  if (numbers.unfounded > 0) risks.push({ code: 'records-without-basis', n: numbers.unfounded });
  if (numbers.overdue > 0) risks.push({ code: 'overdue', n: numbers.overdue });
  if (!roles.some(({ role, decides }) => decides && (numbers.accounts[role] ?? 0) > 0)) risks.push({ code: 'no-officer' });
  const unproved = roles.filter(({ role, reads, secondProof }) => reads.length > 0 && !secondProof && (numbers.accounts[role] ?? 0) > 0);
  if (unproved.length > 0) risks.push({ code: 'role-without-second-proof', roles: unproved.map(({ role }) => role) });
  const unasked = inForce.filter(({ needsConsent }) => !needsConsent);
  if (unasked.length > 0) risks.push({ code: 'basis-without-consent', titles: unasked.map(({ title }) => title) });
  const ruled = new Set(rules.map(({ category }) => category));
  const unruled = retentionCategories.filter((category) => !ruled.has(category));
  if (unruled.length > 0) risks.push({ code: 'no-retention-rule', categories: unruled });
  if (numbers.due > 0) risks.push({ code: 'due', n: numbers.due });
  const age = numbers.vaultKey === null ? 0 : Math.floor((now.getTime() - Date.parse(numbers.vaultKey.madeAt)) / 86_400_000);
  if (age > daysAKeyMayServe) risks.push({ code: 'old-key', days: age });
  if (sealed.waiting > manyUnsealed) risks.push({ code: 'unsealed', n: sealed.waiting });
  return risks;
}
