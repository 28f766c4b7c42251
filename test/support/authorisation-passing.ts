// SPDX-License-Identifier: AGPL-3.0-or-later
import { uuidv7 } from 'uuidv7';
import type { TestApp } from './app.ts';

export type Side = 'east' | 'west';

/** What one call is about that changes it for good, so that the next call needs another. */
export interface Fresh {
  /** Whose record; empty where it is about nobody. */
  readonly personId: string;
  /** Of the household, pair, request, import, …; empty where it is the person herself. */
  readonly id: string;
  /** The other one of a pair. */
  readonly otherId: string;
  /** As it stands on the screen of whoever asks. */
  readonly version: number;
}
export const nothing: Fresh = { personId: '', id: '', otherId: '', version: 1 };

const atOnce = 30;
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** People who are there to be moved, merged, erased: registered by the dozen in Reed Pond and High Field, each for one call of the walk. */
export class Passing {
  readonly #app: TestApp;
  readonly #basisId: string;
  readonly #names: Map<string, string>;
  readonly #waiting: Readonly<Record<Side, string[]>> = { east: [], west: [] };
  readonly #sides = new Map<string, Side>();

  /** `names` learns how they are called. */
  constructor(app: TestApp, basisId: string, names: Map<string, string>) {
    this.#app = app;
    this.#basisId = basisId;
    this.#names = names;
  }

  /** Everybody who was ever there, and on which side. */
  get sides(): ReadonlyMap<string, Side> {
    return this.#sides;
  }

  /** A man of forty-six who agreed to be registered and assisted, and of whom nobody knows more. */
  async person(side: Side): Promise<Fresh> {
    const waiting = this.#waiting[side];
    if (waiting.length === 0) waiting.push(...(await this.#register(side, atOnce)).people);
    return { ...nothing, personId: waiting.pop() ?? '' };
  }

  /** Two who live together. */
  async household(side: Side): Promise<Fresh> {
    const { householdId, people } = await this.#register(side, 2);
    return { ...nothing, personId: people[0] ?? '', otherId: people[1] ?? '', id: householdId };
  }

  async #register(side: Side, many: number): Promise<{ householdId: string; people: string[] }> {
    const householdId = uuidv7(),
      people = Array.from({ length: many }, () => uuidv7());
    const officer = await this.#app.as(side === 'east' ? 'district_officer' : 'other_district_officer');
    const { status, text } = await officer.post('/api/people', {
      householdId,
      placeId: (side === 'east' ? this.#app.land.eastVillages : this.#app.land.westVillages)[0].placeId,
      basisId: this.#basisId,
      members: people.map((personId) => ({
        personId,
        sex: 1,
        bornOn: '1980-01-01',
        bornPrecision: 1,
        identity: { names: [{ kind: 'official', full: this.#name(personId, side) }], phones: [], documents: [] },
        consents: ['register', 'assist'].map((purpose) => ({
          eventId: uuidv7(),
          purpose,
          act: 'given',
          byWhom: 'self',
          way: 'spoken',
          observedAt: '2026-01-15T09:00:00Z',
        })),
      })),
    });
    if (status !== 201) throw new Error(`nobody was registered: ${status} ${text}`);
    return { householdId, people };
  }

  #name(personId: string, side: Side): string {
    const n = this.#sides.size;
    const name = `Wayfarer ${[26 * 26, 26, 1].map((each) => letters[Math.floor(n / each) % 26]).join('')}oltrava`;
    this.#sides.set(personId, side);
    this.#names.set(personId, name);
    return name;
  }
}
