// SPDX-License-Identifier: AGPL-3.0-or-later
import { setTimeout as sleep } from 'node:timers/promises';
import { pino } from 'pino';
import { uuidv7 } from 'uuidv7';
import { expect, it, vi } from 'vitest';
import { openHttp } from './gate-http.ts';

it('closes as soon as the last is answered, although her browser keeps the line for the next request', async () => {
  let answerIt: (ready: boolean) => void = () => {};
  const answered = new Promise<boolean>((resolve) => (answerIt = resolve)),
    isReady = vi.fn<() => Promise<boolean>>(() => answered);
  const app = await openHttp({
    log: pino({ level: 'silent' }),
    newId: uuidv7,
    publicOrigin: null,
    trustProxy: false,
    tilesUrl: null,
    isReady,
  });
  const url = await app.listen({ port: 0, host: '127.0.0.1' });
  const answer = fetch(`${url}/healthz`);
  await vi.waitFor(() => expect(isReady).toHaveBeenCalled());
  const closing = app.close();
  await expect.poll(() => app.server.listening).toBe(false);
  answerIt(true);
  expect(await (await answer).json()).toEqual({ ready: true });
  expect(await Promise.race([closing.then(() => 'closed'), sleep(15_000, 'still open', { ref: false })])).toBe('closed');
});
