// SPDX-License-Identifier: AGPL-3.0-or-later
import { describe, expect, it } from 'vitest';
import { printoutLines, type Printout } from './printout.ts';

const place = (name: string) => ({ placeId: `id-${name}`, country: 'XA', code: `code-${name}`, level: 4, name, names: {} });

/** With something in every field, each thing said once. */
const full: Printout = {
  madeAt: '2026-05-01T08:00:00Z',
  record: {
    regionId: 1,
    personId: 'id-person',
    number: '7K2M-9QXA-4T',
    householdId: 'household-5',
    place: place('Reed Pond'),
    sex: 2,
    bornOn: '1991-02-03',
    bornPrecision: 3,
    age: 35,
    state: 'left',
    stateOn: '2026-03-02',
    mergedInto: null,
    restricted: 'withdrawal',
    basis: { basisId: 'id-basis', title: 'Village registers act', ground: 'public_task', needsConsent: true, covers: [] },
    registeredAt: '2025-12-30T01:00:00Z',
    version: 1,
    consents: [
      {
        eventId: 'id-word',
        purpose: 'contact',
        act: 'withdrawn',
        byWhom: 'guardian',
        way: 'written',
        language: 'km',
        wording: 'form-12',
        organisationId: null,
        observedAt: '2026-01-02T03:04:05Z',
        recordedAt: '2026-01-02T03:04:06Z',
      },
    ],
    events: [
      {
        eventId: 'id-event',
        kind: 'moved',
        onDate: '2026-02-11',
        recordedAt: '2026-02-12T00:00:00Z',
        from: place('Old Mill'),
        to: place('Far Bank'),
        changed: ['born-changed'],
        source: 'List of the watch group',
      },
    ],
    assignments: [
      {
        assignmentId: 'id-care',
        kind: 'referral',
        to: 'Safe Harbour',
        mine: false,
        givenAt: '2026-02-20T00:00:00Z',
        untilAt: '2026-08-20T00:00:00Z',
      },
    ],
    may: { write: true, readIdentity: true, assess: true, assign: true, askErasure: true },
  },
  identity: {
    names: [{ kind: 'called', full: 'Invented Whole', given: 'Invented', family: 'Whole', language: 'th-Latn' }],
    phones: ['081 111 2222'],
    documents: [{ kind: 'work-permit', country: 'LA', number: 'WP-77' }],
    address: 'Behind the kiln',
    guardian: { name: 'Imagined Aunt', phone: '082 333 4444' },
  },
  numbersWithheld: true,
  members: 6,
  instruments: [
    {
      title: 'Household questions',
      standing: { band: 2, index: 41.5, low: 33.25, high: 48.75, observedOn: '2026-04-04', validUntil: '2026-10-04' },
      hidden: 17,
      answers: [
        {
          about: 'household',
          question: 'Is there a debt?',
          answer: 'A large one',
          worded: true,
          observedAt: '2026-04-04T05:00:00Z',
          recordedAt: '2026-04-04T05:00:01Z',
          role: 'watch_volunteer',
          imported: false,
          voided: false,
        },
      ],
    },
  ],
  shared: [{ with: 'Harvest Union', since: '2026-02-21', until: '2026-02-28' }],
  readings: [{ date: '2026-03-30', role: 'district_officer', action: 'identity.read', times: 9 }],
  requests: [
    {
      regionId: 1,
      requestId: 'id-request',
      personId: 'id-person',
      number: '7K2M-9QXA-4T',
      kind: 'correction',
      byWhom: 'self',
      about: 'birth',
      saidOn: '2026-03-15',
      dueOn: '2026-04-14',
      state: 'refused',
      decidedAt: '2026-03-20T00:00:00Z',
      ground: 'already_done',
      citation: 'Section 9',
      version: 2,
    },
  ],
  kept: { category: 'not_assessed', action: 'review', on: '2031-01-01' },
};

/** Numbers of ours, what the page may do, who reads it, when something was typed in: nothing about her. */
const notAboutHer =
  /(?:^|\.)(?:regionId|personId|placeId|basisId|eventId|requestId|assignmentId|mine|version|level|recordedAt|needsConsent|worded|imported|voided)$|\.may\./u;

function leaves(value: unknown, path = ''): [path: string, value: unknown][] {
  if (value === null || typeof value !== 'object') return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path === '' ? key : `${path}.${key}`));
}

describe('what somebody is told, as a table', () => {
  it('leaves out nothing that is on the page', () => {
    const text = printoutLines(full)
      .map((line) => line.join('\t'))
      .join('\n');
    const missing = leaves(full).filter(([path, value]) => value !== null && !notAboutHer.test(path) && !text.includes(String(value)));
    expect(missing).toEqual([]);
  });

  it('names no one who accompanies her', () => {
    const care = {
      assignmentId: 'id',
      kind: 'case_worker',
      to: 'Ratana',
      mine: false,
      givenAt: '2026-02-20T00:00:00Z',
      untilAt: null,
    } as const;
    const lines = printoutLines({ ...full, record: { ...full.record, assignments: [care] } });
    expect(lines.filter(([part]) => part === 'care')).toEqual([['care', 'case_worker', null, '2026-02-20T00:00:00Z', null]]);
  });

  it('says nothing of a name that is not the reader’s to read', () => {
    expect(printoutLines({ ...full, identity: null }).some(([part]) => part === 'identity')).toBe(false);
  });
});
