// SPDX-License-Identifier: AGPL-3.0-or-later
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useTitle } from '../router.tsx';

interface Props {
  readonly title: string;
  /** One sentence: what this page is for, or what stands here now. */
  readonly lead?: ComponentChildren;
  readonly actions?: ComponentChildren;
  /** Tables need more room than text. */
  readonly wide?: boolean;
  /** It takes the place of another page at the same address: the focus, which went with that one, goes to its heading. */
  readonly instead?: boolean;
  readonly children: ComponentChildren;
}

/** An ordinary page. The heading takes focus when the page is opened (frame/focus), so a screen reader starts there. */
export function Page({ title, lead, actions, wide = false, instead = false, children }: Props) {
  useTitle(title);
  const head = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    if (instead) head.current?.focus();
  }, [instead]);
  return (
    <div class={wide ? 'page page-wide' : 'page'}>
      <header class="page-head">
        <div class="stack-tight">
          <h1 tabIndex={-1} ref={head}>
            {title}
          </h1>
          {lead && <p class="lead">{lead}</p>}
        </div>
        {actions && <div class="row not-in-print">{actions}</div>}
      </header>
      {children}
    </div>
  );
}
