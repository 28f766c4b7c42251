// SPDX-License-Identifier: AGPL-3.0-or-later
import { api } from '../../../platform/web/api.ts';
import { useResource, type Resource } from '../../../platform/web/resource.ts';
import type { OwnPage } from '../../domain/own-page.ts';

/** The record of whoever is signed in; nothing in the page's address says which. */
export const useOwn = (): Resource<OwnPage> => useResource((signal) => api.get<OwnPage>('/own', undefined, { signal }), ['own']);
