/** The entries of a list of records, each as a line of its values; null: the text is no such list, and is shown as it is. */
export function entriesOf(text: string): string[] | null {
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) ? list.map(lineOf) : null;
  } catch {
    return null;
  }
}

const lineOf = (entry: unknown): string =>
  entry !== null && typeof entry === 'object' ? Object.values(entry).map(lineOf).join(' · ') : entry === null ? '—' : String(entry);
