// SPDX-License-Identifier: AGPL-3.0-or-later

/** A cairn: stones that show the next traveller the way. */
export function Mark({ size = 28 }: { readonly size?: number }) {
  return (
    <svg class="mark" width={size} height={size} viewBox="0 0 28 28" aria-hidden="true" focusable="false">
      <path d="M3 25c0-2.6 3.4-4.2 11-4.2S25 22.400 25 25Z" />
      <path d="M6.500 18.600c0-2.200 2.600-3.600 7.600-3.600s7.400 1.400 7.400 3.600-2.800 2-7.500 2-7.500.2-7.500-2Z" opacity=".8" />
      <path d="M9.400 12.400c0-1.900 1.800-3.100 4.700-3.100s4.500 1.200 4.500 3.100-1.800 2-4.600 2-4.600-.1-4.600-2Z" opacity=".9" />
      <circle cx="14" cy="5.600" r="2.700" />
    </svg>
  );
}
