/** Something that is kept, and what it is worth. */
export interface Priced {
  readonly priority: number;
}

/** The entry with the least priority; of equals the one with the smaller key. */
export function leastOf<Entry extends Priced>(
  entries: ReadonlyMap<string, Entry>,
): readonly [string, Entry] | undefined {
  let least: readonly [string, Entry] | undefined;
  for (const entry of entries) {
    const [key, { priority }] = entry;
    if (least === undefined || priority < least[1].priority || (priority === least[1].priority && key < least[0])) {
      least = entry;
    }
  }
  return least;
}
