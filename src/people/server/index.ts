// SPDX-License-Identifier: AGPL-3.0-or-later
export { insertHouseholds, insertPeople, movePerson } from './queries.ts';
