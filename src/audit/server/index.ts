// SPDX-License-Identifier: AGPL-3.0-or-later
export { auditEndpoints, writeAudit } from './audit.ts';
