// SPDX-License-Identifier: AGPL-3.0-or-later
import { useEffect, useState } from 'preact/hooks';

/** Whether the window has room for this much, `(min-width: 720px)` say; follows a phone that is turned. */
export function useWide(query: string): boolean {
  const wide = matchMedia(query);
  const [room, setRoom] = useState(wide.matches);
  useEffect(() => {
    const look = () => setRoom(wide.matches);
    wide.addEventListener('change', look);
    return () => wide.removeEventListener('change', look);
  }, []);
  return room;
}
