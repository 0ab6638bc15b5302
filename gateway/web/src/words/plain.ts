/** "Part unknown" for `PART_UNKNOWN`: for values that the page has no words for. */
export function plain(value: string, prefix: string): string {
  const text = value.replace(prefix, "").replace(/_/g, " ").toLowerCase();
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** "Kazakhstan" for `KZ`; what is no code comes back as it is. */
export function countryWords(code: string): string {
  try {
    return new Intl.DisplayNames(["en"], { type: "region" }).of(code) ?? code;
  } catch {
    return code;
  }
}
