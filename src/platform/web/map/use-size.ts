// SPDX-License-Identifier: AGPL-3.0-or-later
import { useLayoutEffect, useState } from 'preact/hooks';
import type { RefObject } from 'preact';

/** The size of an element in pixels, followed as it changes; 0 by 0 before it is known. */
export function useSize(of: RefObject<Element | null>): { width: number; height: number } {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = of.current;
    if (!element) return;
    const measure = () => {
      const box = element.getBoundingClientRect();
      setSize((was) => (was.width === box.width && was.height === box.height ? was : { width: box.width, height: box.height }));
    };
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  return size;
}
