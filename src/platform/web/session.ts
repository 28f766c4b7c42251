// SPDX-License-Identifier: AGPL-3.0-or-later
import { signal } from '@preact/signals';

/** As much of a place as the frame needs to name it (places/domain/place.ts has the whole). */
export interface NamedPlace {
  readonly placeId: string;
  readonly code: string;
  readonly level: number;
  readonly name: string;
  readonly names: Readonly<Record<string, string>>;
}

/** Who is signed in: the answer of GET /api/me. */
export interface Me {
  readonly accountId: string;
  readonly userName: string;
  readonly displayName: string;
  readonly locale: string;
  /** Still to be proved, or to be set up, before anything opens. */
  readonly missing: 'proof' | 'enrolment' | null;
  readonly roles: readonly string[];
  readonly rights: readonly string[];
  readonly posts: readonly {
    readonly role: string;
    readonly place: NamedPlace | null;
    readonly organisation: { readonly organisationId: string; readonly name: string } | null;
  }[];
  /** The place the map opens on. */
  readonly home: NamedPlace | null;
  /** Tiles below the map's colours, where this installation names an address for them. */
  readonly tiles?: { readonly url: string; readonly attribution: string } | null;
  /** Whether everything here is made up. */
  readonly demo: boolean;
}

/** `undefined` until the server has answered, null when nobody is signed in. */
export const me = signal<Me | null | undefined>(undefined);

/** Whether to show a thing; whether it may be done is decided by the server alone. */
export function may(right: string): boolean {
  return me.value?.rights.includes(right) ?? false;
}
