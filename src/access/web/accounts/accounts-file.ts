// SPDX-License-Identifier: AGPL-3.0-or-later
import { apiPath, ApiProblem, signedOutByServer, type FailureCode } from '../../../platform/web/api.ts';
import type { Account } from '../../domain/account.ts';
import { saveFile } from './save-file.ts';

/** Saves the accounts that are shown, in their order; the server makes the file and its record of use knows how many they were. @throws ApiProblem */
export async function takeFile(shown: readonly Account[]): Promise<void> {
  const response = await fetch(apiPath('/accounts.csv'), {
    method: 'POST',
    credentials: 'same-origin',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ accountIds: shown.map(({ accountId }) => accountId) }),
  }).catch(() => {
    throw new ApiProblem(0, 'offline', 'No answer');
  });
  if (!response.ok) {
    const body = (await response.json().catch(() => ({}))) as { code?: FailureCode; title?: string };
    if (body.code === 'not-signed-in') signedOutByServer.value++;
    throw new ApiProblem(response.status, body.code ?? 'unreadable', body.title ?? String(response.status));
  }
  saveFile('accounts.csv', await response.blob());
}
