// SPDX-License-Identifier: AGPL-3.0-or-later
import { buildWebIfStale } from '../src/app/build-web.ts';

const built = await buildWebIfStale();
console.log(built ? 'Built dist/web.' : 'dist/web is current.');
