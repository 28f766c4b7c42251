// SPDX-License-Identifier: AGPL-3.0-or-later
import type { Palette } from './palette.ts';

/** Pixels of one tile of a hatching; both renderers and the legend use the same figures. */
export const hatchTile = 8;

export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/**
 * Draws one tile for WebGL: slanted lines where nothing is known, dots where a figure exists but may not be shown. It
 * is drawn at twice the size and used at pixel ratio 2, so that lines stay thin on sharp screens.
 */
export function hatchPixels(kind: 'unknown' | 'held', palette: Palette): Pixels {
  const size = hatchTile * 2;
  const canvas = document.createElement('canvas');
  canvas.width = size;
  canvas.height = size;
  const pen = canvas.getContext('2d');
  if (!pen) throw new Error('This browser cannot draw on a canvas');
  pen.fillStyle = palette.tone[kind];
  pen.fillRect(0, 0, size, size);
  pen.fillStyle = pen.strokeStyle = palette.hatch;
  if (kind === 'unknown') {
    pen.lineWidth = 2;
    for (const shift of [-size, 0, size]) {
      pen.beginPath();
      pen.moveTo(shift - 2, size + 2);
      pen.lineTo(shift + size + 2, -2);
      pen.stroke();
    }
  } else {
    for (const [x, y] of [
      [size / 4, size / 4],
      [(3 * size) / 4, (3 * size) / 4],
    ] as const) {
      pen.beginPath();
      pen.arc(x, y, 2, 0, 2 * Math.PI);
      pen.fill();
    }
  }
  return { width: size, height: size, data: pen.getImageData(0, 0, size, size).data };
}
