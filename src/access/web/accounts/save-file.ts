// SPDX-License-Identifier: AGPL-3.0-or-later

/** Saves what the page holds as a file on the device. */
export function saveFile(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
}
