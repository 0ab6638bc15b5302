// Loading of what a view shows: one request at a time, the last one asked for wins.
import { useEffect, useState } from "preact/hooks";

export interface Loaded<T> {
  data?: T;
  /** What went wrong; `data` may still hold the last good answer. */
  error?: Error;
  loading: boolean;
}

/** Loads when a key changes, and keeps what was there until the answer comes. */
export function useLoad<T>(load: (signal: AbortSignal) => Promise<T>, keys: unknown[]): Loaded<T> {
  const [loaded, setLoaded] = useState<Loaded<T>>({ loading: true });
  useEffect(() => {
    const abort = new AbortController();
    setLoaded((last) => ({ data: last.data, loading: true }));
    load(abort.signal).then(
      (data) => !abort.signal.aborted && setLoaded({ data, loading: false }),
      (error) => !abort.signal.aborted && setLoaded((last) => ({ data: last.data, error, loading: false })),
    );
    return () => abort.abort();
  }, keys);
  return loaded;
}
