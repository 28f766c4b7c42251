// SPDX-License-Identifier: AGPL-3.0-or-later
import { api, ApiProblem } from '../../../platform/web/api.ts';
import { asProblem } from '../../../platform/web/resource.ts';
import type { NewRecoveryCodes } from '../../domain/proof.ts';

/** Fetched by those who use a passkey. */
const library = () => import('@simplewebauthn/browser');

/** Passkeys belong to a site with a name and a safe connection: not to an address of numbers, nor to a page without https. */
export function canUsePasskeys(): boolean {
  const { hostname } = location;
  return isSecureContext && 'PublicKeyCredential' in globalThis && !/^[\d.]+$/.test(hostname) && !hostname.startsWith('[');
}

/** What a browser answers when somebody changes her mind, or when it knows the key already. */
function inOurWords(error: unknown): ApiProblem {
  const { name } = error as { name?: string };
  if (name === 'NotAllowedError' || name === 'AbortError') return new ApiProblem(0, 'cancelled', 'Cancelled');
  if (name === 'InvalidStateError') return new ApiProblem(0, 'already-there', 'Registered already');
  return asProblem(error);
}

async function asked<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw inOurWords(error);
  }
}

/** @throws ApiProblem, `cancelled` where the browser's question was closed */
export async function makePasskey(name: string): Promise<NewRecoveryCodes> {
  const optionsJSON = await api.post<never>('/me/passkeys/options');
  const { startRegistration } = await library();
  const credential = await asked(() => startRegistration({ optionsJSON }));
  return api.post<NewRecoveryCodes>('/me/passkeys', { name, credential });
}

async function usePasskey(optionsPath: string, answerPath: string): Promise<void> {
  const optionsJSON = await api.post<never>(optionsPath);
  const { startAuthentication } = await library();
  await api.post(answerPath, await asked(() => startAuthentication({ optionsJSON })));
}

export const provePasskey = (): Promise<void> => usePasskey('/me/proof/passkey/options', '/me/proof/passkey');
export const enterByPasskey = (): Promise<void> => usePasskey('/auth/passkey/options', '/auth/sign-in/passkey');
