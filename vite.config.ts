// SPDX-License-Identifier: AGPL-3.0-or-later
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { promisify } from 'node:util';
import { fileURLToPath } from 'node:url';
import { lingui } from '@lingui/vite-plugin';
import preact from '@preact/preset-vite';
import { defineConfig, type Plugin } from 'vite';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const worthPacking = /\.(js|css|html|svg|json|webmanifest)$/;

/** Packs every text file once, when building, so that the server never compresses while somebody waits. */
function precompress(): Plugin {
  return {
    name: 'waymark-precompress',
    apply: 'build',
    async writeBundle({ dir: folder = '' }) {
      const names = await readdir(folder, { recursive: true });
      await Promise.all(
        names
          .filter((name) => worthPacking.test(name))
          .map(async (name) => {
            const path = join(folder, name);
            const bytes = await readFile(path);
            const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } };
            await Promise.all([
              promisify(brotliCompress)(bytes, quality).then((packed) => writeFile(`${path}.br`, packed)),
              promisify(gzip)(bytes, { level: 9 }).then((packed) => writeFile(`${path}.gz`, packed)),
            ]);
          }),
      );
    },
  };
}

export default defineConfig({
  root: here('src/app'),
  publicDir: here('src/app/public'),
  cacheDir: here('.cache/vite'),
  plugins: [
    preact({
      reactAliasesEnabled: false,
      devToolsEnabled: false,
      prefreshEnabled: false,
      babel: { plugins: ['@lingui/babel-plugin-lingui-macro'] },
    }),
    lingui(),
    precompress(),
  ],
  resolve: {
    // wouter asks for React; what it needs of it is in preact/compat.
    alias: { react: 'preact/compat', '#i18n': here('src/platform/web/i18n.ts') },
  },
  build: {
    outDir: here('dist/web'),
    emptyOutDir: true,
    target: 'es2022',
    // Fonts stay files of their own: inlined, every reader would pay for every script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The map engine, fetched with the first map, is 1.06 MB before packing.
    chunkSizeWarningLimit: 1100,
    rolldownOptions: {
      output: {
        // What every page needs travels as one file: on a slow line each further request costs a whole round trip.
        codeSplitting: {
          groups: [
            {
              name: 'base',
              test: /node_modules\/(@preact|preact|wouter|regexparam|use-sync-external-store|@lingui|lucide)\/|src\/platform\/web\/(?!map\/|pseudo)/,
            },
          ],
        },
      },
    },
  },
  server: {
    port: 4010,
    // The host stays the browser's own: the server refuses what comes from another site.
    proxy: Object.fromEntries(
      ['/api', '/healthz'].map((path) => [path, { target: process.env.WAYMARK_API ?? 'http://127.0.0.1:4000', changeOrigin: false }]),
    ),
  },
});
