// SPDX-License-Identifier: AGPL-3.0-or-later
import { api, ApiProblem } from '../../platform/web/api.ts';
import { findLanguage, language, speak } from '../../platform/web/i18n.ts';
import { rememberedLanguage, rememberLanguage } from '../../platform/web/preferences.ts';
import { me, type Me } from '../../platform/web/session.ts';

/** Asks the server who is signed in and keeps the answer in `me`. @throws ApiProblem for anything but "nobody". */
export async function loadMe(): Promise<Me | null> {
  try {
    me.value = await api.get<Me>('/me');
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.code !== 'not-signed-in') throw error;
    me.value = null;
  }
  return me.value;
}

/** Who the server now takes us for comes onto the screen: the pages, or what is still to be proved. */
export async function arrive(): Promise<void> {
  const signedIn = await loadMe();
  // A device that was never told otherwise takes the language of the account.
  if (signedIn && !rememberedLanguage() && !language().pseudo && findLanguage(signedIn.locale).code !== language().code)
    await speak(signedIn.locale);
}

/**
 * Proves the password and leaves the screen as it is; answers what is still missing.
 * @throws ApiProblem `wrong-credentials`, `account-locked`, `too-many-requests`
 */
export async function enter(userName: string, password: string): Promise<Me['missing']> {
  await api.post('/auth/sign-in/username', { username: userName.trim().toLowerCase(), password });
  return (await api.get<Me>('/me')).missing;
}

/** @throws as `enter` */
export async function signIn(userName: string, password: string): Promise<void> {
  await enter(userName, password);
  await arrive();
}

export async function signOut(): Promise<void> {
  const { elsewhere } = await api.post<{ elsewhere: string | null }>('/auth/sign-out');
  // A full load: nothing of the last person's pages stays in memory. Whoever came through another service is led to its own way out.
  location.assign(elsewhere ?? '/');
}

/** On screen at once, on this device from now on, and with the account for other devices and for printed letters. */
export async function chooseLanguage(code: string): Promise<void> {
  await speak(code);
  rememberLanguage(code);
  if (me.value) {
    await api.patch('/me', { locale: code });
    me.value = { ...me.value, locale: code };
  }
}
