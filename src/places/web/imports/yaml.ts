// SPDX-License-Identifier: AGPL-3.0-or-later

/** What a mapping is made of. */
export type Tree = string | number | boolean | readonly Tree[] | { readonly [key: string]: Tree | undefined };

const plainWord = /^[A-Za-z][A-Za-z0-9_ ./-]*$/;
const taken = /^(true|false|yes|no|on|off|null|y|n)$/i;

// JSON's quoted text is also YAML's; a word that could be read as anything else is quoted.
const word = (text: string): string => (plainWord.test(text) && !taken.test(text) && text === text.trim() ? text : JSON.stringify(text));

function lines(tree: Tree, indent: string): string[] {
  if (Array.isArray(tree)) {
    return (tree as readonly Tree[]).flatMap((each) => {
      const inner = lines(each, `${indent}  `);
      return [`${indent}- ${(inner[0] ?? '').trimStart()}`, ...inner.slice(1)];
    });
  }
  if (typeof tree === 'object') {
    return Object.entries(tree as { readonly [key: string]: Tree | undefined }).flatMap(([key, value]) => {
      if (value === undefined) return [];
      if (typeof value !== 'object') return [`${indent}${word(key)}: ${typeof value === 'string' ? word(value) : String(value)}`];
      return [`${indent}${word(key)}:`, ...lines(value, `${indent}  `)];
    });
  }
  return [`${indent}${typeof tree === 'string' ? word(tree) : String(tree)}`];
}

/** Writes a mapping as people keep it: a YAML file for the next time the same table comes. Keys whose value is undefined are left out. */
export function toYaml(tree: Tree): string {
  return `${lines(tree, '').join('\n')}\n`;
}
