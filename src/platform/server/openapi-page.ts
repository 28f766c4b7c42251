// SPDX-License-Identifier: AGPL-3.0-or-later
import { problemCatalogue, type ProblemCode } from '../domain/problem.ts';
import type { ApiDocument, ApiOperation } from './openapi.ts';

/** Readable pages without a line of script: they work under the strictest policy, in every reader and on paper. */

const style = `
  :root { color-scheme: light dark; --ink: #1f2933; --paper: #fdfbf7; --line: #d8d2c6; --accent: #0b5a5e; }
  @media (prefers-color-scheme: dark) { :root { --ink: #e8e4dc; --paper: #15191c; --line: #3a4147; --accent: #6cc5c8; } }
  body { font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 54rem; margin: 2rem auto; padding: 0 1rem; }
  a { color: var(--accent); } code, pre { font-family: ui-monospace, monospace; font-size: .9em; }
  section, article { border-top: 1px solid var(--line); padding-top: .5rem; margin-top: 1.5rem; }
  pre { overflow-x: auto; padding: .75rem; border: 1px solid var(--line); } h3 { overflow-wrap: anywhere; }
  summary { min-height: 2.75rem; display: flex; align-items: center; cursor: pointer; } table { border-collapse: collapse; width: 100%; }
  th, td { text-align: start; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid var(--line); }
  @media print { summary { display: none; } }`;

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
}

/** Text with `code` in it. */
function prose(text: string): string {
  return escapeHtml(text).replace(/`([^`]+)`/g, '<code>$1</code>');
}

function page(title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${escapeHtml(title)}</title><style>${style}</style></head><body><main>${body}</main></body></html>`;
}

/** The whole interface, one article an operation. */
export function apiPage(document: ApiDocument): string {
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  );
  const tags = [...new Set(operations.map(({ operation }) => operation.tags?.[0] ?? 'other'))].sort();
  const sections = tags.map(
    (tag) =>
      `<section><h2 id="${escapeHtml(tag)}">${escapeHtml(tag)}</h2>${operations
        .filter(({ operation }) => (operation.tags?.[0] ?? 'other') === tag)
        .map(({ path, method, operation }) => article(path, method, operation))
        .join('')}</section>`,
  );
  return page(
    `${document.info.title}: interface for programs`,
    `
    <h1>${escapeHtml(document.info.title)}: interface for programs</h1>
    <p>${prose(document.info.description ?? '')}</p>
    <p>Version ${escapeHtml(document.info.version)}. The same as a document for machines: <a href="/api/openapi.json">openapi.json</a> (OpenAPI ${escapeHtml(document.openapi)}).
       What can go wrong: <a href="/problems">problems</a>.</p>
    <nav aria-label="Parts"><ul>${tags.map((tag) => `<li><a href="#${escapeHtml(tag)}">${escapeHtml(tag)}</a></li>`).join('')}</ul></nav>
    ${sections.join('')}`,
  );
}

function article(path: string, method: string, operation: ApiOperation): string {
  return `<article><h3><code>${method} ${escapeHtml(path)}</code></h3>
    <p>${prose(operation.summary ?? '')}. ${prose(operation.description ?? '')}</p>
    ${parameters(operation)}${bodies(operation)}${responses(operation)}</article>`;
}

function parameters(operation: ApiOperation): string {
  if (!operation.parameters?.length) return '';
  const rows = operation.parameters.map(
    ({ name, in: where, required, schema }) =>
      `<tr><td><code>${escapeHtml(name)}</code></td><td>${escapeHtml(where)}</td><td>${required ? 'must be given' : 'may be left out'}</td><td><code>${escapeHtml(JSON.stringify(schema ?? {}))}</code></td></tr>`,
  );
  return `<table><thead><tr><th>Parameter</th><th>In</th><th></th><th>What it is</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function bodies(operation: ApiOperation): string {
  return Object.entries(operation.requestBody?.content ?? {})
    .map(([type, { schema }]) => schemaBlock(`Body: ${type}`, schema))
    .join('');
}

function responses(operation: ApiOperation): string {
  const rows = Object.entries(operation.responses ?? {}).map(([status, { description, content }]) => {
    const blocks = Object.entries(content ?? {})
      .filter(([type]) => type !== 'application/problem+json')
      .map(([type, { schema }]) => schemaBlock(type, schema));
    return `<tr><td>${escapeHtml(status)}</td><td>${prose(description ?? '')}${blocks.join('')}</td></tr>`;
  });
  return `<table><thead><tr><th>Answer</th><th></th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function schemaBlock(title: string, schema: unknown): string {
  return `<details><summary>${escapeHtml(title)}</summary><pre tabindex="0">${escapeHtml(JSON.stringify(schema ?? {}, null, 2))}</pre></details>`;
}

export function problemsPage(): string {
  const rows = Object.entries(problemCatalogue).map(
    ([code, { status, title }]) =>
      `<tr><td>${status}</td><td><a href="/problems/${code}"><code>${code}</code></a></td><td>${escapeHtml(title)}</td></tr>`,
  );
  return page(
    'Problems',
    `<h1>Problems</h1><p>Every way Waymark says no.</p>
    <table><thead><tr><th>Status</th><th>Code</th><th>What it means</th></tr></thead><tbody>${rows.join('')}</tbody></table>`,
  );
}

/** One problem, or null where there is no such code. */
export function problemPage(code: string): string | null {
  if (!Object.hasOwn(problemCatalogue, code)) return null;
  const { status, title } = problemCatalogue[code as ProblemCode];
  return page(
    title,
    `<h1>${escapeHtml(title)}</h1>
    <p>Code <code>${escapeHtml(code)}</code>, HTTP status ${status}. The answer's <code>detail</code> says what happened this time; its
    <code>instance</code> is the number to give your administrator.</p><p><a href="/problems">All problems</a></p>`,
  );
}
