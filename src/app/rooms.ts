// SPDX-License-Identifier: AGPL-3.0-or-later
import { accessEndpoints, type Access, type AccessSettings } from '../access/server/index.ts';
import { auditEndpoints } from '../audit/server/index.ts';
import type { Endpoint } from '../platform/server/endpoint.ts';
import type { JobHandler, JobQueue } from '../platform/server/jobs.ts';

/** What rooms may need of the running server when they make their endpoints. */
export interface RoomPorts {
  readonly access: Access;
  readonly accessSettings: AccessSettings;
  readonly queue: JobQueue;
  readonly dataFolder: string;
}

/** Every endpoint of every room: the one list that the gate, the API description and the authorisation walk are made from. */
export function allEndpoints(ports: RoomPorts): readonly Endpoint[] {
  return [
    ...accessEndpoints(ports.access, ports.accessSettings),
    ...auditEndpoints,
  ];
}

/** Everything that goes on behind answers. */
export function allJobs(_ports: Omit<RoomPorts, 'queue'>): readonly JobHandler[] {
  return [];
}
