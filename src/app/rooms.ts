// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Kysely } from 'kysely';
import { accessEndpoints, type Access, type AccessSettings } from '../access/server/index.ts';
import { auditEndpoints, writeAudit } from '../audit/server/index.ts';
import { importEndpoints, placesEndpoints, placesKind, type ImportKind, type ImportWork } from '../places/server/index.ts';
import { countCodesJob, matchingJobs, peopleEndpoints, retentionJob, type ErasureLists } from '../people/server/index.ts';
import type { Endpoint } from '../platform/server/endpoint.ts';
import type { JobHandler, JobQueue } from '../platform/server/jobs.ts';
import {
  areaStatsKind,
  type FollowAnswers,
  followPlaces,
  observationsKind,
  peopleChanged,
  peopleKind,
  riskEndpoints,
} from '../risk/server/index.ts';
import { clockJobs } from './clock-jobs.ts';
import { otherServiceOf, told } from './told.ts';
import type { VaultAtHand } from './vault.ts';

/** What rooms may need of the running server when they make their endpoints. */
export interface RoomPorts {
  /** As waymark_jobs: counts everybody for the disclosure function. */
  readonly counting: Kysely<unknown>;
  readonly access: Access;
  readonly accessSettings: AccessSettings;
  readonly imports: ImportWork;
  readonly queue: JobQueue;
  /** Who people are; `forRequest` throws Problem 'vault-closed' where the master key is not at hand. */
  readonly vault: Pick<VaultAtHand, 'forRequest'>;
  /** Who was erased, outside the database. */
  readonly erasures: ErasureLists;
  /** Standings and figures follow what was just saved. */
  readonly follow: Pick<FollowAnswers, 'followed' | 'listed'>;
}

/** Places, with what is kept of them in the room above. */
export const placesImport = placesKind(followPlaces);

/** What can be imported, in the order it is offered. Names in files of people go through the vault. */
export function importKinds(vault: RoomPorts['vault']): readonly ImportKind[] {
  const open = () => vault.forRequest();
  return [placesImport, areaStatsKind, peopleKind(open), observationsKind(open)];
}

/** What the server says in English about something in particular, for the files that people take away. */
const words = { th: () => import('./locales/details-th.ts'), km: () => import('./locales/details-km.ts') };

/** Every endpoint of every room: the one list that the gate, the API description and the authorisation walk are made from. */
export function allEndpoints({
  counting,
  access,
  accessSettings,
  imports,
  queue,
  vault,
  erasures,
  follow,
}: RoomPorts): readonly Endpoint[] {
  return [
    ...accessEndpoints(access, accessSettings),
    ...auditEndpoints,
    ...placesEndpoints,
    ...importEndpoints({ kinds: importKinds(vault), work: imports, queue, words }),
    ...peopleEndpoints({
      vault,
      follow: { peopleChanged, followed: () => follow.followed(), listed: () => follow.listed() },
      erasures,
      told: { ...told, otherService: () => otherServiceOf(access) },
    }),
    ...riskEndpoints(counting, follow),
  ];
}

/** Everything that goes on behind answers. */
export function allJobs({
  access,
  imports,
  vault,
  erasures,
}: Pick<RoomPorts, 'access' | 'imports' | 'vault' | 'erasures'>): readonly JobHandler[] {
  return [
    ...clockJobs(access),
    ...imports.handlers(),
    ...matchingJobs({ vault, writeDown: writeAudit }),
    countCodesJob,
    retentionJob({ lists: erasures, writeDown: told.writeDown }),
  ];
}
