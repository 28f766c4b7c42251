// SPDX-License-Identifier: AGPL-3.0-or-later
import { useId } from 'preact/hooks';
import { percent } from '../format.ts';

interface Props {
  readonly label: string;
  /** 0 to 1; undefined while it cannot be known how long it takes. */
  readonly share: number | undefined;
  readonly detail?: string;
}

export function Progress({ label, share, detail }: Props) {
  const id = useId();
  const known = share === undefined ? undefined : Math.max(0, Math.min(1, share));
  return (
    <div class="progress">
      <div class="row">
        <span id={id} class="strong">
          {label}
        </span>
        {known !== undefined && <span class="push number">{percent(Math.floor(known * 100))}</span>}
      </div>
      <progress class="progress-bar" aria-labelledby={id} max={1} {...(known === undefined ? {} : { value: known })} />
      {detail && <p class="soft small number">{detail}</p>}
    </div>
  );
}
