// SPDX-License-Identifier: AGPL-3.0-or-later
import { isIPv4 } from 'node:net';

/** The address a start answers on: this machine alone, until somebody says otherwise. */
export function hostOf({ host, demoPublic }: { readonly host?: string; readonly demoPublic?: boolean }): string {
  return host ?? (demoPublic ? '0.0.0.0' : '127.0.0.1');
}

/** Whether only this machine reaches `host`. A name that merely begins like such an address is somebody else's. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIPv4(host) && host.startsWith('127.'));
}

/** A demo, whose passwords everybody knows, stays on this machine unless it is meant to be public. */
export function mayAnswerOn(
  host: string,
  { demo, demoPublic = false }: { readonly demo: boolean; readonly demoPublic?: boolean },
): boolean {
  return !demo || demoPublic || isLoopback(host);
}
