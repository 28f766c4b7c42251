// SPDX-License-Identifier: AGPL-3.0-or-later
import { apiPath, ApiProblem, signedOutByServer, type FailureCode } from '../../../platform/web/api.ts';
import type { Account } from '../../domain/account.ts';

const fileName = 'accounts.csv';

/** The server's file, which its record of use knows about. @throws ApiProblem */
async function fetchFile(): Promise<string> {
  const response = await fetch(apiPath(`/${fileName}`), { credentials: 'same-origin' }).catch(() => {
    throw new ApiProblem(0, 'offline', 'No answer');
  });
  // The byte-order mark, which spreadsheets need, is kept: `text()` would drop it.
  if (response.ok) return new TextDecoder('utf-8', { ignoreBOM: true }).decode(await response.arrayBuffer());
  const body = (await response.json().catch(() => ({}))) as { code?: FailureCode; title?: string };
  if (body.code === 'not-signed-in') signedOutByServer.value++;
  throw new ApiProblem(response.status, body.code ?? 'unreadable', body.title ?? String(response.status));
}

/** The head and the lines of these accounts, in their order. A user name, in the first column, is never quoted. */
export function narrowed(csv: string, accounts: readonly Pick<Account, 'userName'>[]): string {
  const [head = '', ...lines] = csv.match(/(?:"(?:[^"]|"")*"|[^"\r\n])*\r\n/g) ?? [];
  const ofUser = (userName: string) => lines.filter((line) => line.startsWith(`${userName},`));
  return head + accounts.flatMap(({ userName }) => ofUser(userName)).join('');
}

/** Saves the accounts that are shown as a file. @throws ApiProblem */
export async function takeFile(shown: readonly Account[]): Promise<void> {
  const address = URL.createObjectURL(new Blob([narrowed(await fetchFile(), shown)], { type: 'text/csv' }));
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(address);
}
