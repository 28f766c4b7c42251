// SPDX-License-Identifier: AGPL-3.0-or-later
import { areaY, axisX, axisY, dot, gridY, lineY, plot } from '@observablehq/plot';
import { shortMonth } from '../../platform/web/format.ts';
import type { LinePoint } from './history-line.ts';

/** The distance of dates on the axis that leaves each of them room: an interval as the chart library names it. */
export function tickEvery(first: Date, last: Date, width: number): string {
  const months = (last.getTime() - first.getTime()) / 2_629_800_000;
  const wanted = months / Math.max(2, width / 84);
  return ['month', '2 months', '3 months', '6 months', 'year', '2 years', '5 years', '10 years', '20 years'][
    [1, 2, 3, 6, 12, 24, 60, 120, Infinity].findIndex((step) => step >= wanted)
  ]!;
}

/** Draws the line with its interval as a band behind it. Apart from the page so that its library comes only when a line is there. */
export function drawHistory(points: readonly LinePoint[], { width }: { readonly width: number }): Element {
  const top = Math.max(10, ...points.map((point) => point.high ?? point.value));
  const wide = width > 560;
  const chart = plot({
    width,
    height: wide ? 260 : 200,
    marginLeft: 36,
    marginRight: 12,
    marginBottom: 28,
    style: { background: 'transparent', color: 'var(--ink-soft)', fontSize: '13px', fontFamily: 'inherit' },
    x: { type: 'utc' },
    y: { domain: [0, Math.min(100, Math.ceil(top / 10) * 10)] },
    marks: [
      gridY({ stroke: 'var(--line)', strokeOpacity: 1, ticks: 5 }),
      axisY({ ticks: 5, label: null, tickSize: 0 }),
      axisX({
        ticks: tickEvery(points[0]?.date ?? new Date(0), points.at(-1)?.date ?? new Date(0), width),
        label: null,
        tickFormat: shortMonth,
        tickSize: 4,
      }),
      ...(points.some((point) => point.low !== null)
        ? [areaY(points, { x: 'date', y1: 'low', y2: 'high', fill: 'var(--accent)', fillOpacity: 0.14 })]
        : []),
      lineY(points, { x: 'date', y: 'value', stroke: 'var(--accent)', strokeWidth: 1.75 }),
      ...(points.length <= 36 ? [dot(points, { x: 'date', y: 'value', fill: 'var(--accent)', r: 2.5 })] : []),
    ],
  });
  // The box around it is the picture and carries its description; the parts inside would be read out as nameless groups.
  chart.setAttribute('aria-hidden', 'true');
  return chart;
}
