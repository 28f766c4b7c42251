// SPDX-License-Identifier: AGPL-3.0-or-later
import { signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';

/** One key, or two pressed one after the other: `/`, `?`, `g m`. */
export interface Shortcut {
  readonly keys: string;
  /** For the list of keys. */
  readonly label: () => string;
  readonly run: () => void;
}

const registered = signal<readonly Shortcut[]>([]);
export const shortcuts = (): readonly Shortcut[] => registered.value;

/** Keys that work while the component is on screen; a page's own come and go with it. */
export function useShortcuts(list: readonly Shortcut[]): void {
  const latest = useRef(list);
  latest.current = list;
  const key = list.map((each) => each.keys).join();
  useEffect(() => {
    const mine = latest.current.map((each): Shortcut => ({
      keys: each.keys,
      label: () => latest.current.find((now) => now.keys === each.keys)?.label() ?? each.label(),
      run: () => latest.current.find((now) => now.keys === each.keys)?.run(),
    }));
    registered.value = [...registered.peek(), ...mine];
    return () => {
      registered.value = registered.peek().filter((each) => !mine.includes(each));
    };
  }, [key]);
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName));
}

/** Starts listening; called once. Keys are ignored while somebody types, and inside an open dialog. */
export function listenForShortcuts(): void {
  let first = '';
  let firstAt = 0;
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector('dialog[open]')) return;
    const pair = Date.now() - firstAt < 1500 ? `${first} ${event.key}` : '';
    const hit = registered.peek().findLast((each) => each.keys === pair) ?? registered.peek().findLast((each) => each.keys === event.key);
    first = event.key;
    firstAt = Date.now();
    if (!hit) return;
    event.preventDefault();
    first = '';
    hit.run();
  });
}
