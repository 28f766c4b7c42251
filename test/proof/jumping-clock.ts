// SPDX-License-Identifier: AGPL-3.0-or-later
// Loaded into a server under proof before anything else (--import): its clock is off by as many milliseconds as the file in WAYMARK_PROOF_CLOCK says
// at this moment, as that of a machine whose battery is empty and which is set by hand.
import { readFileSync } from 'node:fs';

const file = process.env['WAYMARK_PROOF_CLOCK'] ?? '',
  RealDate = Date;
let off = 0;
const look = (): void => {
  try {
    off = Number(readFileSync(file, 'utf8')) || 0;
  } catch {
    off = 0;
  }
};
look();
setInterval(look, 50).unref();
const now = (): number => RealDate.now() + off;
globalThis.Date = new Proxy(RealDate, {
  construct: (target, given: unknown[], made) => Reflect.construct(target, given.length === 0 ? [now()] : given, made) as Date,
  get: (target, key, whom): unknown => (key === 'now' ? now : Reflect.get(target, key, whom)),
});
