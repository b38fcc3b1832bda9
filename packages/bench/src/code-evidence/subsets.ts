/** Every choice of `size` of the numbers 0 to `count` − 1, each in rising order. */
export function subsets(count: number, size: number): readonly (readonly number[])[] {
  if (size === 0) return [[]];
  if (size > count) return [];
  const last = count - 1;
  return [...subsets(last, size), ...subsets(last, size - 1).map((chosen) => [...chosen, last])];
}
