// Loading of what a view shows: one request at a time, the last one asked for wins.
import { useEffect, useState } from "preact/hooks";

export interface Loaded<T> {
  data?: T;
  /** What went wrong; `data` may still hold the last good answer. */
  error?: Error;
  loading: boolean;
  /** Loads once more. */
  again: () => void;
}

/** Loads when a key changes, and keeps what was there until the answer comes. */
export function useLoad<T>(load: (signal: AbortSignal) => Promise<T>, keys: unknown[]): Loaded<T> {
  const [loaded, setLoaded] = useState<Omit<Loaded<T>, "again">>({ loading: true });
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    const abort = new AbortController();
    setLoaded((last) => ({ data: last.data, loading: true }));
    load(abort.signal).then(
      (data) => !abort.signal.aborted && setLoaded({ data, loading: false }),
      (error) => !abort.signal.aborted && setLoaded((last) => ({ data: last.data, error, loading: false })),
    );
    return () => abort.abort();
  }, [...keys, turn]);
  return { ...loaded, again: () => setTurn(turn + 1) };
}
