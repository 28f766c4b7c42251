// SPDX-License-Identifier: AGPL-3.0-or-later

/** How far a phone's clock may be off before the server's is believed instead: answers travel, and their moment is told in whole seconds. */
const toleratedMs = 120_000;

/**
 * What time it is, on a device whose clock may be wrong: one whose battery died may begin in 1970, one set by hand may be years off. Every answer
 * of the server tells the moment; between two of them the ticks since then are counted, which no setting of the clock changes.
 */
export class HeardClock {
  readonly #device: () => number;
  readonly #ticks: () => number;
  #heard: { readonly server: number; readonly device: number; readonly ticks: number } | undefined;

  constructor(device: () => number, ticks: () => number) {
    this.#device = device;
    this.#ticks = ticks;
  }

  /** The server's moment, in milliseconds, as an answer that has just come tells it. */
  hear(server: number): void {
    if (Number.isFinite(server)) this.#heard = { server, device: this.#device(), ticks: this.#ticks() };
  }

  /**
   * The device's own time where it is about right; else what was heard and what went by since. A clock that was ahead is taken back by as much,
   * because ticks stand still while a device sleeps.
   */
  now(): number {
    const device = this.#device();
    if (!this.#heard) return device;
    const off = this.#heard.server - this.#heard.device;
    const own = off < -toleratedMs ? device + off : device;
    const atLeast = this.#heard.server + (this.#ticks() - this.#heard.ticks);
    return atLeast - own > toleratedMs ? atLeast : own;
  }
}

const clock = new HeardClock(
  () => Date.now(),
  () => performance.now(),
);

/** An answer of the server's; one that may have lain in the browser's store tells when it was put there. */
export function hearTime({ headers }: Response): void {
  if (!headers.get('cache-control')?.includes('max-age')) clock.hear(Date.parse(headers.get('date') ?? ''));
}

/** Now, as the server last told it where the device's own clock is wrong. */
export const timeNow = (): Date => new Date(clock.now());

/** The day on the calendar where the device is, ISO. */
export function dayHere(at: Date = timeNow()): string {
  return `${at.getFullYear()}-${String(at.getMonth() + 1).padStart(2, '0')}-${String(at.getDate()).padStart(2, '0')}`;
}
