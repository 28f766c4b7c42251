// SPDX-License-Identifier: AGPL-3.0-or-later
// How imports may point (docs/decisions/0002-the-house.md). Each rule says why; test/shape.test.ts plants a violation of each
// and proves that it bites.
const ground = 'platform|access|audit|places|people|messages|sync|forms';
const records = 'risk|workplaces|network|alerts|cases|lessons|programmes|guides';
const rooms = `${ground}|${records}|release`;
const test = '\\.test\\.tsx?$';

module.exports = {
  forbidden: [
    {
      name: 'domain-is-pure',
      comment:
        'Rules must run in a browser, on a server and in a test alike: a domain floor imports domain floors and the one schema library.',
      severity: 'error',
      from: { path: '^src/[^/]+/domain/', pathNot: test },
      to: { pathNot: ['^src/[^/]+/domain/', '^node_modules/typebox/'] },
    },
    {
      name: 'web-and-server-never-meet',
      comment: 'What runs in a browser must not carry server code (secrets, SQL), and the server draws no screens.',
      severity: 'error',
      from: { path: '^src/[^/]+/web/' },
      to: { path: ['^src/[^/]+/server/', '^src/[^/]+/builders'] },
    },
    {
      name: 'server-and-web-never-meet',
      comment: 'The other half of the same wall.',
      severity: 'error',
      from: { path: '^src/[^/]+/server/' },
      to: { path: '^src/[^/]+/web/' },
    },
    {
      name: 'web-runs-in-a-browser',
      comment: 'A screen that imports a Node module breaks only when somebody opens it.',
      severity: 'error',
      from: { path: '^src/[^/]+/web/', pathNot: test },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'platform-knows-no-feature',
      comment: 'The platform serves every room and can be read without any of them.',
      severity: 'error',
      from: { path: '^src/platform/' },
      to: { path: `^src/(?!platform/)(${rooms}|app)/` },
    },
    {
      name: 'ground-never-calls-upward',
      comment: 'Ground rooms declare ports; app registers what the rooms above do with them.',
      severity: 'error',
      from: { path: `^src/(${ground})/` },
      to: { path: `^src/(${records}|release|app)/` },
    },
    {
      name: 'ground-edges-are-listed',
      comment:
        'Same-tier edges only for a reason: access shows the places of a post; people live in places; the import of places is recorded by nobody but itself.',
      severity: 'error',
      from: { path: '^src/(access|audit|places|people|messages|sync|forms)/' },
      to: {
        path: '^src/(access|audit|places|people|messages|sync|forms)/',
        pathNot: ['^src/$1/', '^src/places/(domain/|server/index|web/index)', '^src/audit/(domain/|server/index|web/index)'],
      },
    },
    {
      name: 'records-do-not-know-each-other',
      comment: 'Record rooms meet in app, or through an edge listed here with its reason. None is listed yet.',
      severity: 'error',
      from: { path: `^src/(${records})/` },
      to: { path: `^src/(${records})/`, pathNot: '^src/$1/' },
    },
    {
      name: 'nobody-enters-app',
      comment: 'app joins rooms and is imported by nobody.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/app/' },
      to: { path: '^src/app/' },
    },
    {
      name: 'rooms-are-entered-by-their-doors',
      comment:
        "Another room's insides may change without asking: enter through domain/, server/index.ts, web/index.ts. (The platform is the floor everyone stands on; builders are for tests and the demo.)",
      severity: 'error',
      from: { path: '^src/([^/]+)/', pathNot: test },
      to: {
        path: `^src/(?!platform/)(${rooms})/`,
        pathNot: ['^src/$1/', '^src/[^/]+/domain/', '^src/[^/]+/server/index\\.ts$', '^src/[^/]+/web/index\\.tsx?$'],
      },
    },
    {
      name: 'privacy-wall',
      comment: 'release publishes figures: it may reach de-identified ground only, by any path, however long.',
      severity: 'error',
      from: { path: '^src/release/' },
      to: { path: `^src/(?!release/|platform/|places/)`, reachable: true },
    },
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one file, or a missing third.',
      severity: 'error',
      from: { path: '^src/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'only-declared-packages',
      comment: 'A package that is not in package.json is there by accident. (geojson is types only, from @types/geojson.)',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'], pathNot: '^geojson$' },
    },
    {
      name: 'tests-stay-out-of-the-product',
      comment: 'Product code that imports a test helper ships it.',
      severity: 'error',
      from: { path: '^src/', pathNot: test },
      to: { path: ['^test/', test, '^bench/'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.web.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.json', '.css'],
      conditionNames: ['import', 'node', 'default', 'types'],
      exportsFields: ['exports'],
    },
  },
};
