const shape = /^[0-9a-f]{32}$/;

/** Opaque ids, one a line; whatever else is typed is named by its line and goes nowhere. */
export function readIds(text: string): { ids: string[]; wrong: number[] } {
  const ids: string[] = [];
  const wrong: number[] = [];
  text.split('\n').forEach((line, i) => {
    const id = line.trim();
    if (id === '') return;
    if (shape.test(id)) ids.push(id);
    else wrong.push(i + 1);
  });
  return { ids, wrong };
}
