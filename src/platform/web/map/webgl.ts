// SPDX-License-Identifier: AGPL-3.0-or-later

/** How the map is drawn. `?map=svg` in the address forces the plain drawing, for machines where WebGL is there but wrong. */
export type Drawing = 'gl' | 'svg';

let tested: boolean | undefined;

function hasWebGl(): boolean {
  if (tested !== undefined) return tested;
  try {
    const context = document.createElement('canvas').getContext('webgl2');
    tested = context !== null;
    // A browser allows few contexts at a time; the trial gives its own back.
    context?.getExtension('WEBGL_lose_context')?.loseContext();
  } catch {
    tested = false;
  }
  return tested;
}

export function chooseDrawing(address: URLSearchParams): Drawing {
  return address.get('map') === 'svg' || !hasWebGl() ? 'svg' : 'gl';
}
