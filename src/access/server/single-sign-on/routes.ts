// SPDX-License-Identifier: AGPL-3.0-or-later
import '@fastify/rate-limit';
import { createHash } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { Problem } from '../../../platform/domain/problem.ts';
import { callerOf } from '../../../platform/server/gate.ts';
import { closed } from '../../../platform/server/gate-validate.ts';
import type { Access } from '../access.ts';
import { authenticate, libraryHeaders } from '../authenticate.ts';
import { openSession } from '../open-session.ts';
import { insertSpent } from '../proofs/queries-proofs.ts';
import { demandFresh, sessionOf } from '../proofs/standing.ts';
import { findSignedIn } from '../queries.ts';
import { findBehindSessionId } from '../queries-sessions.ts';
import { refuseMoreWaysIn } from '../refuse-own-account.ts';
import { record } from '../sign-in.ts';
import { endOfJourney, journeyCookie, journeyMinutes, readJourney, type Journey } from './errand-cookie.ts';
import type { Provider, Vouched } from './provider.ts';
import { findLinked, insertLink, noteLinkUsed } from './queries-links.ts';

const callback = '/api/auth/oidc/callback';
/** What the page then says. `unknown` stands for every account that this does not open, so that nobody learns which there are. */
type Said = 'away' | 'stale' | 'refused' | 'unknown' | 'taken' | 'linked';

/** Going to another service to be vouched for, and coming back. Beside the gate, as all signing in is. */
export function registerSingleSignOn(app: FastifyInstance, access: Access, attemptsPerMinute: number): void {
  const config = { rule: { may: 'public' } as const, rateLimit: { max: attemptsPerMinute, timeWindow: 60_000 } };
  app.post<{ Body: { link?: boolean } }>(
    '/api/auth/oidc/start',
    {
      config,
      schema: {
        summary: 'Where to go to sign in with the other service; with `link`, to link it to the account that is signed in',
        tags: ['sign-in'],
        body: closed(Type.Object({ link: Type.Optional(Type.Boolean()) })),
        response: { 200: Type.Object({ url: Type.String() }) },
      },
    },
    (request, reply) => setOut(access, request, reply, request.body.link ?? false),
  );
  app.get(
    callback,
    { config, schema: { summary: 'The answer of the other service, brought by the browser', tags: ['sign-in'] } },
    async (request, reply) => {
      const secure = callerOf(request, access.publicOrigin).origin.startsWith('https:');
      const { to, cookies } = await comeBack(access, request);
      return reply
        .header('set-cookie', [endOfJourney(secure), ...cookies])
        .header('cache-control', 'no-store')
        .redirect(to, 303);
    },
  );
}

function providerOf(access: Access): Provider {
  if (!access.provider) throw new Problem('not-found', 'This installation has no other sign-in service.');
  return access.provider;
}

async function setOut(access: Access, request: FastifyRequest, reply: FastifyReply, linking: boolean): Promise<FastifyReply> {
  const { origin } = callerOf(request, access.publicOrigin);
  const provider = providerOf(access);
  const link = linking ? await linker(access, request) : null;
  const { url, errand } = await provider.begin(`${origin}${callback}`);
  const journey = { ...errand, link, until: access.now().getTime() + journeyMinutes * 60_000 };
  return reply
    .header('set-cookie', journeyCookie(access.keys.ticket, journey, origin.startsWith('https:')))
    .header('cache-control', 'no-store')
    .send({ url: url.href });
}

/** A new way in is made by somebody who proved who she is a moment ago. */
async function linker(access: Access, request: FastifyRequest): Promise<Journey['link']> {
  const { actor } = await authenticate(access, request);
  if (!actor) throw new Problem('not-signed-in');
  if (actor.missing) throw new Problem('second-proof-needed');
  await refuseMoreWaysIn(access.auth, actor.accountId);
  await demandFresh(access, access.auth, actor);
  return { accountId: actor.accountId, sessionId: sessionOf(actor) };
}

interface Back {
  readonly to: string;
  readonly cookies: readonly string[];
}
const toSignIn = (said: Said): Back => ({ to: `/?sso=${said}`, cookies: [] });
const toAccount = (said: Said): Back => ({ to: `/account?sso=${said}`, cookies: [] });

async function comeBack(access: Access, request: FastifyRequest): Promise<Back> {
  const { origin } = callerOf(request, access.publicOrigin);
  const journey = readJourney(access.keys.ticket, request.headers.cookie, access.now());
  if (!journey || !access.provider) return toSignIn('stale');
  const back = journey.link ? toAccount : toSignIn;
  const once = createHash('sha256').update(`errand ${journey.state}`).digest();
  if (!(await insertSpent(access.auth, once, new Date(journey.until)))) return back('stale');
  let vouched: Vouched;
  try {
    vouched = await access.provider.finish(new URL(request.url, origin), journey);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    await record(access, access.auth, 'nobody', {
      action: 'access.sign-in-refused',
      detail: { reason: error.code === 'provider-away' ? 'service away' : 'service refused' },
    });
    return back(error.code === 'provider-away' ? 'away' : 'refused');
  }
  return journey.link ? link(access, journey.link, vouched) : letIn(access, vouched, libraryHeaders(request).get('user-agent') ?? '');
}

async function letIn(access: Access, { issuer, subject, provedTwice }: Vouched, device: string): Promise<Back> {
  const found = await findLinked(access.auth, issuer, subject);
  const able = found && (await findSignedIn(access.auth, found.accountId));
  if (!found || !able) {
    await record(access, access.auth, 'nobody', {
      action: 'access.sign-in-refused',
      subject: found?.accountId ?? null,
      detail: { reason: found ? 'disabled' : 'not linked' },
    });
    return toSignIn('unknown');
  }
  const now = access.now();
  const opening = { through: 'oidc', passwordAt: null, provedAt: provedTwice ? now : null, how: provedTwice ? 'oidc' : null } as const;
  const cookie = await openSession(access, access.auth, found.accountId, device, opening);
  await noteLinkUsed(access.auth, found.linkId, now);
  await record(access, access.auth, found.accountId, { action: 'access.sign-in', subject: found.accountId, detail: { how: 'oidc' } });
  return { to: '/', cookies: [cookie] };
}

/** Only while the session in which it was asked for is still open, and whole. */
async function link(access: Access, { accountId, sessionId }: NonNullable<Journey['link']>, { issuer, subject }: Vouched): Promise<Back> {
  const found = await findBehindSessionId(access.auth, sessionId);
  if (found?.accountId !== accountId) return toSignIn('stale');
  return access.auth.transaction().execute(async (tx) => {
    const made = { linkId: access.newId(), accountId, issuer, subject, madeBy: accountId, now: access.now() };
    if (!(await insertLink(tx, made)))
      return toAccount((await findLinked(tx, issuer, subject))?.accountId === accountId ? 'linked' : 'taken');
    await record(access, tx, accountId, { action: 'access.link-made', subject: accountId, detail: { linkId: made.linkId } });
    return toAccount('linked');
  });
}
