// SPDX-License-Identifier: AGPL-3.0-or-later

/**
 * Stands on the database as long as a restore is not whole, so that nobody starts on what looks like an empty one (app/installation.ts).
 * In a file of its own: every command looks for it, and none but those of backups should load what opens one.
 */
export const restoringMark = 'a restore of Waymark into this database is not finished';
