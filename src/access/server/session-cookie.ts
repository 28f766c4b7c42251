// SPDX-License-Identifier: AGPL-3.0-or-later
import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * The session token in a Cookie header, if it is there once and signed by us; else null. The sign-in library's own format: the token, a full stop
 * and its HMAC-SHA-256 in base64, percent-encoded. Null is no refusal: whoever reads on asks the library, which has the last word.
 */
export function signedToken(header: string, name: string, secret: string): string | null {
  const values = header
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${name}=`))
    .map((pair) => pair.slice(name.length + 1));
  const [value] = values;
  if (value === undefined || values.length > 1 || !/^[A-Za-z0-9._~%-]+$/.test(value)) return null;
  const decoded = decode(value),
    at = decoded.lastIndexOf('.');
  if (at < 1) return null;
  const token = decoded.slice(0, at);
  const [given, wanted] = [Buffer.from(decoded.slice(at + 1)), Buffer.from(signatureOf(token, secret))];
  return given.length === wanted.length && timingSafeEqual(given, wanted) ? token : null;
}

/** The same cookie for a session that was opened without a password: what `signedToken` reads back. */
export function sessionCookie(
  token: string,
  name: string,
  secret: string,
  { seconds, secure }: { seconds: number; secure: boolean },
): string {
  const value = encodeURIComponent(`${token}.${signatureOf(token, secret)}`);
  return `${name}=${value}; Max-Age=${seconds}; Path=/; HttpOnly; SameSite=Strict${secure ? '; Secure' : ''}`;
}

function signatureOf(token: string, secret: string): string {
  return createHmac('sha256', secret).update(token).digest('base64');
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return '';
  }
}
