// SPDX-License-Identifier: AGPL-3.0-or-later
import type { RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/** Takes whoever sent a form to the first field that is wrong, each time `tries` counts up: on a phone it may stand out of sight. */
export function useFirstWrong<T extends HTMLElement = HTMLFormElement>(tries: number): RefObject<T | null> {
  const form = useRef<T>(null);
  useLayoutEffect(() => {
    if (tries > 0) form.current?.querySelector<HTMLElement>('.field-wrong :is(input, select, textarea, button)')?.focus();
  }, [tries]);
  return form;
}
