// SPDX-License-Identifier: AGPL-3.0-or-later

/** What became of a record (waymark.person.state). Only who is `here` has a standing and is counted. */
export const personStates = { here: 1, died: 2, left: 3, merged: 4, erased: 5 } as const;
export type PersonState = keyof typeof personStates;

export function stateOf(code: number): PersonState {
  const found = (Object.keys(personStates) as PersonState[]).find((state) => personStates[state] === code);
  if (!found) throw new RangeError(`${code} is no state of a person`);
  return found;
}

/** Which changes a person in this state can go through: the dead do not move, and who was merged changes with the other record. */
export function mayBecome(from: PersonState, to: PersonState): boolean {
  switch (from) {
    case 'here':
      return to === 'died' || to === 'left' || to === 'merged' || to === 'erased';
    case 'died':
    case 'left':
      return to === 'here' || to === 'erased';
    case 'merged':
      return to === 'here' || to === 'erased';
    case 'erased':
      return false;
  }
}
