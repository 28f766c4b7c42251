// SPDX-License-Identifier: AGPL-3.0-or-later
import { Type } from 'typebox';
import { writeAudit } from '../../audit/server/index.ts';
import { Problem } from '../../platform/domain/problem.ts';
import { withActor } from '../../platform/server/db.ts';
import { endpoint, type Ctx, type Endpoint } from '../../platform/server/endpoint.ts';
import { FirstAdministrator, Locale, Me, Password, Setup, type MapTiles } from '../domain/account.ts';
import { commandLine } from '../domain/command-line.ts';
import { rights } from '../domain/rights.ts';
import { foundingRole } from '../domain/roles.ts';
import type { Role } from '../domain/roles.ts';
import type { Access } from './access.ts';
import { makeAccount } from './accounts.ts';
import { changeOwnPassword } from './own-password.ts';
import { isSetupCode } from './setup-code.ts';
import { findOnlyCountry, isAnybodyThere, isDemo, listPosts, lockAdministrators, setOwnLocale } from './queries.ts';

export interface DemoAccount {
  readonly userName: string;
  readonly displayName: string;
  readonly password: string;
  readonly role: string;
}

/** What the room is told about this installation by whoever starts it. */
export interface AccessSettings {
  /** Shown on the sign-in page of a demo installation and nowhere else. */
  readonly demoAccounts: readonly DemoAccount[];
  /** Background tiles of the map; null draws it without. */
  readonly tiles: MapTiles | null;
  /** What the first administrator must know. */
  readonly setupCode: string;
}

async function meOf({ tx, actor }: Pick<Ctx, 'tx' | 'actor'>, locale: string, tiles: MapTiles | null): Promise<Me> {
  const { accountId, userName, displayName, missing = null } = actor;
  if (missing !== null) {
    return {
      accountId,
      userName,
      displayName,
      locale,
      missing,
      roles: [],
      rights: [],
      posts: [],
      home: null,
      demo: await isDemo(tx),
      tiles: null,
    };
  }
  const posts = await listPosts(tx, actor.accountId);
  const own = posts.find((post) => post.place !== null)?.place ?? null;
  return {
    accountId,
    userName,
    displayName,
    locale,
    missing,
    roles: actor.roles as Role[],
    rights: rights.filter((right) => actor.rights.has(right)),
    posts: posts.map(({ role, place, organisation }) => ({ role: role as Role, place, organisation })),
    home: own ?? (await findOnlyCountry(tx)),
    demo: await isDemo(tx),
    tiles,
  };
}

/** One's own account, and the set-up of an installation where nobody has one. */
export function meEndpoints(access: Access, settings: AccessSettings): readonly Endpoint[] {
  return [...ownEndpoints(access, settings), ...setupEndpoints(access, settings)];
}

function ownEndpoints(access: Access, settings: AccessSettings): readonly Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/api/me',
      tag: 'accounts',
      summary: 'Who I am and what I may do',
      rule: { may: 'signed-in', half: true },
      response: Me,
      handle: (ctx) => meOf(ctx, ctx.actor.locale, settings.tiles),
    }),
    endpoint({
      method: 'PATCH',
      path: '/api/me',
      tag: 'accounts',
      summary: 'Choose the language of my pages',
      rule: { may: 'signed-in' },
      body: Type.Object({ locale: Locale }),
      response: Me,
      async handle(ctx) {
        await setOwnLocale(ctx.tx, ctx.body.locale);
        await ctx.audit({ action: 'accounts.locale', subject: ctx.actor.accountId, detail: { locale: ctx.body.locale } });
        return meOf(ctx, ctx.body.locale, settings.tiles);
      },
    }),
    endpoint({
      method: 'POST',
      path: '/api/me/password',
      tag: 'accounts',
      summary: 'Change my password; every session of mine ends',
      rule: { may: 'signed-in' },
      body: Type.Object({ current: Password, wanted: Password }),
      response: Type.Null(),
      status: 204,
      problems: ['wrong-credentials', 'account-locked', 'weak-password'],
      handle: ({ body, actor }) => changeOwnPassword(access, actor, body),
    }),
  ];
}

function setupEndpoints(access: Access, settings: AccessSettings): readonly Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/api/setup',
      tag: 'accounts',
      summary: 'Whether this installation still needs its first administrator',
      rule: { may: 'public' },
      response: Setup,
      async handle({ tx }) {
        const demo = await isDemo(tx);
        return {
          needed: !(await isAnybodyThere(access.auth)),
          demo,
          demoAccounts: demo
            ? settings.demoAccounts.map(({ userName, displayName, password, role }) => ({ userName, displayName, password, role }))
            : [],
          otherService: access.provider?.settings.label ?? null,
        };
      },
    }),
    endpoint({
      method: 'POST',
      path: '/api/setup',
      tag: 'accounts',
      summary: 'Make the first administrator; only while nobody has an account',
      rule: { may: 'public' },
      body: FirstAdministrator,
      response: Type.Object({ accountId: Type.String() }),
      status: 201,
      problems: ['already-set-up', 'wrong-code', 'weak-password'],
      handle: ({ body }) => setUp(access, body, settings.setupCode),
    }),
  ];
}

/** The one thing an unsigned person may do, once: it acts for the installation itself, behind a lock, in a transaction of its own. */
async function setUp(access: Access, { code, ...first }: FirstAdministrator, expected: string): Promise<{ accountId: string }> {
  const actor = { ...commandLine, accountId: 'set-up', userName: 'set-up', displayName: 'Set-up' };
  return withActor(access.app, actor, async (tx) => {
    await lockAdministrators(tx);
    if (await isAnybodyThere(tx)) throw new Problem('already-set-up');
    if (!isSetupCode(code, expected)) throw new Problem('wrong-code');
    const { accountId } = await makeAccount(access, tx, { ...first, role: foundingRole, placeId: null });
    await writeAudit(tx, actor.accountId, { action: 'accounts.set-up', subject: accountId }, access.newId);
    return { accountId };
  });
}
