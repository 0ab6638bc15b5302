// What dossiers are called, for lists that name where a date comes from.
import { listDossiers } from "../api/client";
import { useLoad } from "./load";

/** By name. Asked for only where one of the resource names shown belongs to a dossier. */
export function useDossiers(shown: string[]): ReadonlyMap<string, string> {
  const any = shown.some((name) => name.startsWith("dossiers/"));
  const loaded = useLoad(async (signal) => (any ? listDossiers(signal) : []), [any]);
  return new Map(loaded.data?.map((dossier) => [dossier.name, dossier.displayName]));
}
