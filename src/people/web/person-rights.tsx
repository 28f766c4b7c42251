// SPDX-License-Identifier: AGPL-3.0-or-later

/** The place on a person's page for what she may ask. */
export { PersonRequests as PersonRights } from './person-requests.tsx';
