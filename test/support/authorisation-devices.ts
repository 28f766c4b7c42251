// SPDX-License-Identifier: AGPL-3.0-or-later
import { expect } from 'vitest';
import type { PersonName } from './app.ts';
import type { Afterwards, Expectation } from './authorisation-expectations.ts';
import { nothing, type Fresh } from './authorisation-passing.ts';
import type { World } from './authorisation-world.ts';
import type { Answer, Client } from './client.ts';
import { codeOf, setUpApp } from './second-proof.ts';
import { SoftPasskey } from './soft-passkey.ts';

/** Apps and passkeys of the walk: each is set up for one call and taken away after it, so that everybody goes on by her password. */
type Make = NonNullable<Expectation['fresh']>;

interface Options {
  readonly challenge: string;
}
const challengeOf = async (client: Client, path: string): Promise<Options> => {
  const { body } = await client.post<Partial<Options>>(path);
  return { challenge: body?.challenge ?? '' };
};
/** Whose account opens by its password alone, or who is nobody. */
const hasNone = (who: string): boolean => who === 'person' || who === 'anonymous';
const keys = new Map<string, SoftPasskey>();
const keyOf = ({ app }: World, { id }: Fresh): SoftPasskey => keys.get(id) ?? new SoftPasskey(app.url);

/** Makes a key and asks that it be kept. */
export async function keepKey(world: World, client: Client, key = new SoftPasskey(world.app.url)): Promise<Answer> {
  return client.post('/api/me/passkeys', { name: 'Phone', credential: key.create(await challengeOf(client, '/api/me/passkeys/options')) });
}
async function keyFor(world: World, who: PersonName): Promise<Fresh> {
  const client = await world.app.as(who);
  const key = new SoftPasskey(world.app.url);
  const kept = await keepKey(world, client, key);
  if (kept.status !== 201) throw new Error(`${who} keeps no key: ${kept.status} ${kept.text}`);
  const id = await onlyKeyOf(client);
  keys.set(id, key);
  return { ...nothing, id };
}
const onlyKeyOf = async (client: Client): Promise<string> => {
  const { passkeys } = (await client.get<{ passkeys: { passkeyId: string }[] }>('/api/me/second-proof')).body;
  expect(passkeys).toHaveLength(1);
  return passkeys[0]!.passkeyId;
};

/** A key of hers. */
export const freshKey: Make = async (world, who) =>
  hasNone(who) ? { ...nothing, id: crypto.randomUUID() } : keyFor(world, who as PersonName);
/** A key by which whoever is nobody yet may come in as the analyst. */
export const freshWayIn: Make = async (world, who) => (who === 'person' ? nothing : keyFor(world, who === 'anonymous' ? 'analyst' : who));

export const proveByKey: Expectation['call'] = async (world, client, _who, fresh) =>
  client.post('/api/me/proof/passkey', keyOf(world, fresh).get(await challengeOf(client, '/api/me/proof/passkey/options')));

/** On another device, which takes the key away again once it opened. */
export const comeInByKey: Expectation['call'] = async (world, _client, _who, fresh) => {
  const device = world.app.anonymous();
  const key = keyOf(world, fresh);
  const entered = await device.post('/api/auth/sign-in/passkey', key.get(await challengeOf(device, '/api/auth/passkey/options')));
  if (entered.status === 200) expect((await device.delete(`/api/me/passkeys/${fresh.id}`)).status).toBe(204);
  return entered;
};

/** She has one key, and takes it away. */
export const keyTakenAway: Afterwards = async ({ client, who }) => {
  if (hasNone(who)) return;
  expect((await client.delete(`/api/me/passkeys/${await onlyKeyOf(client)}`)).status).toBe(204);
  await expectNothingProves(client);
};
export const expectNothingProves = async (client: Client): Promise<void> => {
  expect((await client.get('/api/me/second-proof')).body).toMatchObject({ app: false, passkeyCount: 0, passkeys: [], missing: null });
};

/** The app shows its first code. */
export async function confirmApp(client: Client): Promise<Answer> {
  const { body } = await client.post<{ secret?: string; ticket?: string }>('/api/me/app');
  const code = body?.secret === undefined ? '123456' : codeOf(body.secret, new Date());
  return client.send('PUT', '/api/me/app', { ticket: body?.ticket ?? 'made-up', code });
}
/** An app of hers, and a recovery code. */
export const freshApp: Make = async ({ app }, who) => {
  if (hasNone(who)) return { ...nothing, id: 'abcde-fghjk' };
  const client = await app.as(who as PersonName);
  await setUpApp(client, new Date());
  const { body } = await client.post<{ recoveryCodes: string[] }>('/api/me/recovery-codes');
  return { ...nothing, id: body.recoveryCodes[0]! };
};
export const appTakenAway: Afterwards = async ({ client, who }) => {
  if (hasNone(who)) return;
  expect((await client.get('/api/me/second-proof')).body).toMatchObject({ app: true, fresh: true });
  expect((await client.delete('/api/me/app')).status).toBe(204);
  await expectNothingProves(client);
};
