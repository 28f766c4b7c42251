// SPDX-License-Identifier: AGPL-3.0-or-later

/** What kind of body people work for; apart from its schema, so that pages need not carry the schema library. */
export const organisationKinds = ['authority', 'ngo', 'community', 'international', 'provider', 'other'] as const;
export type OrganisationKind = (typeof organisationKinds)[number];
