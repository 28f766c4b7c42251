// SPDX-License-Identifier: AGPL-3.0-or-later
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { uuidv7 } from 'uuidv7';
import { expect, it, vi } from 'vitest';
import { openHttp } from './gate-http.ts';

async function opened(isReady: () => Promise<boolean>) {
  const app = await openHttp({
    log: pino({ level: 'silent' }),
    newId: uuidv7,
    publicOrigin: null,
    trustProxy: false,
    tilesUrl: null,
    isReady,
  });
  return { app, url: await app.listen({ port: 0, host: '127.0.0.1' }) };
}
const within = (closing: Promise<unknown>) => Promise.race([closing.then(() => 'closed'), sleep(15_000, 'still open', { ref: false })]);

it('closes as soon as the last is answered, although her browser keeps the line for the next request', async () => {
  let answerIt: (ready: boolean) => void = () => {};
  const answered = new Promise<boolean>((resolve) => (answerIt = resolve)),
    isReady = vi.fn<() => Promise<boolean>>(() => answered);
  const { app, url } = await opened(isReady);
  const answer = fetch(`${url}/healthz`);
  await vi.waitFor(() => expect(isReady).toHaveBeenCalled());
  const closing = app.close();
  await expect.poll(() => app.server.listening).toBe(false);
  // Whoever is being answered is not cut off.
  await sleep(200);
  answerIt(true);
  expect(await (await answer).json()).toEqual({ ready: true });
  expect(await within(closing)).toBe('closed');
});

it('waits for no line that a browser opened ahead and never used', async () => {
  const { app, url } = await opened(async () => true);
  const line = connect(Number(new URL(url).port), '127.0.0.1').on('error', () => {});
  await new Promise((resolve) => app.server.once('connection', resolve));
  expect(await within(app.close())).toBe('closed');
  line.destroy();
});
