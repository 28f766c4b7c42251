// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Endpoint } from '../../platform/server/endpoint.ts';
import { impactEndpoints } from './erasure/routes-impact.ts';
import { officerEndpoints } from './erasure/routes-officer.ts';
import { printoutEndpoints } from './erasure/routes-printout.ts';
import { queueEndpoints } from './erasure/routes-queue.ts';
import { requestEndpoints } from './erasure/routes-requests.ts';
import { retentionEndpoints } from './erasure/routes-retention.ts';
import { consentEndpoints } from './routes-consent.ts';
import { duplicateEndpoints } from './routes-duplicates.ts';
import { identityEndpoints } from './routes-identity.ts';
import { readingLimitEndpoints } from './routes-reading-limits.ts';
import { ownEndpoints } from './routes-own.ts';
import { registerEndpoints } from './routes-register.ts';
import { wordEndpoints } from './routes-words.ts';
import type { PeopleSetup } from './setup.ts';

/** Everything this room answers over HTTP. */
export const peopleEndpoints = (setup: PeopleSetup): readonly Endpoint[] => [
  ...duplicateEndpoints(setup),
  ...registerEndpoints(setup),
  ...identityEndpoints(setup),
  ...consentEndpoints(setup),
  ...wordEndpoints,
  ...ownEndpoints,
  ...readingLimitEndpoints,
  ...requestEndpoints(setup),
  ...queueEndpoints,
  ...officerEndpoints(setup),
  ...retentionEndpoints(setup),
  ...printoutEndpoints(setup),
  ...impactEndpoints(setup),
];
