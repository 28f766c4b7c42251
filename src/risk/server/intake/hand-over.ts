// SPDX-License-Identifier: AGPL-3.0-or-later
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';

/**
 * Lets a statement that was just begun go out. One of some megabytes leaves piece by piece, whenever this thread has nothing else to do; what is worked
 * out meanwhile would keep the database waiting for the rest of it.
 */
export const handOver = (): Promise<void> => pause(5);

/** Lets others have their turn, and what is being sent or answered go on. */
export const giveWay = (): Promise<void> => turn();
