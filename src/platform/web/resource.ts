// SPDX-License-Identifier: AGPL-3.0-or-later
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ApiProblem, closedByServer, isClosed } from './api.ts';

/** Something fetched. While it is fetched again the old data stays, so that a page never blinks empty; it goes where it is closed to the reader by now. */
export interface Resource<T> {
  readonly data: T | undefined;
  readonly problem: ApiProblem | undefined;
  readonly loading: boolean;
  reload(): void;
  /** Puts in place what a write has just answered, without asking again. */
  put(data: T): void;
}

interface State<T> {
  readonly data: T | undefined;
  readonly problem: ApiProblem | undefined;
  readonly loading: boolean;
}

export function asProblem(error: unknown): ApiProblem {
  return error instanceof ApiProblem ? error : new ApiProblem(0, 'internal', error instanceof Error ? error.message : String(error));
}

/**
 * Fetches when `keys` change, aborting what is no longer wanted; an answer that arrives late is dropped.
 * @param load must pass the signal on to `api`
 * @param keys what the answer depends on, compared with Object.is; null as the only key means: nothing to fetch yet
 */
export function useResource<T>(load: (signal: AbortSignal) => Promise<T>, keys: readonly unknown[]): Resource<T> {
  const [state, setState] = useState<State<T>>({ data: undefined, problem: undefined, loading: true });
  const [round, setRound] = useState(0);
  const latest = useRef(load);
  latest.current = load;
  const idle = keys.length === 1 && keys[0] === null;
  useEffect(() => {
    if (idle) {
      setState({ data: undefined, problem: undefined, loading: false });
      return undefined;
    }
    const aborter = new AbortController();
    setState((before) => ({ data: before.data, problem: undefined, loading: true }));
    latest.current(aborter.signal).then(
      (data) => {
        if (!aborter.signal.aborted) setState({ data, problem: undefined, loading: false });
      },
      (error: unknown) => {
        if (aborter.signal.aborted) return;
        const problem = asProblem(error);
        setState((before) => ({ data: isClosed(problem) ? undefined : before.data, problem, loading: false }));
      },
    );
    return () => aborter.abort();
  }, [...keys, round, idle]);
  const reload = useCallback(() => setRound((before) => before + 1), []);
  const put = useCallback((data: T) => setState({ data, problem: undefined, loading: false }), []);
  return { ...state, reload, put };
}

/**
 * Looks again at what a page shows as soon as the server says of something that belongs to it that it is closed to the reader: all of it may be by now.
 * @param belongs whether what lies at this path belongs to it, and is not it itself
 */
export function useLookAgain(belongs: (path: string) => boolean, look: () => void): void {
  const latest = useRef({ belongs, look });
  latest.current = { belongs, look };
  useEffect(() => {
    const before = closedByServer.peek();
    return closedByServer.subscribe((closed) => {
      if (closed && closed !== before && latest.current.belongs(closed.path)) latest.current.look();
    });
  }, []);
}

/** Where the server refuses a change because of what stands there by now, that is loaded: the next attempt goes on from it. */
export async function orReload<T>(change: Promise<T>, reload: () => void): Promise<T> {
  try {
    return await change;
  } catch (error) {
    if (error instanceof ApiProblem && [400, 404, 409].includes(error.status)) reload();
    throw error;
  }
}

/** Whether what is loaded is newer than what was sent last: only then does it say what somebody else made of it meanwhile. `mark` gives the version to send. */
export function useSent(version: number): { mark(): number; ifNewer(now: string): string | undefined } {
  const sent = useRef(version);
  return { mark: () => (sent.current = version), ifNewer: (now) => (version === sent.current ? undefined : now) };
}

/** One deliberate act: a button pressed, a form sent. */
export interface Act<A extends readonly unknown[]> {
  readonly busy: boolean;
  readonly problem: ApiProblem | undefined;
  /** Resolves to whether it went well; the failure is in `problem`. A second press while busy does nothing. */
  run(...args: A): Promise<boolean>;
  forget(): void;
}

export function useAct<A extends readonly unknown[]>(act: (...args: A) => Promise<unknown>): Act<A> {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem | undefined>(undefined);
  const running = useRef(false);
  const latest = useRef(act);
  latest.current = act;
  const run = useCallback(async (...args: A) => {
    if (running.current) return false;
    running.current = true;
    setBusy(true);
    setProblem(undefined);
    try {
      await latest.current(...args);
      return true;
    } catch (error) {
      setProblem(asProblem(error));
      return false;
    } finally {
      running.current = false;
      setBusy(false);
    }
  }, []);
  const forget = useCallback(() => setProblem(undefined), []);
  return { busy, problem, run, forget };
}
