/**
 * The percentile (0 to 100) of the first `count` sorted values; 0 where there are none.
 * Between the two closest ranks it is interpolated linearly.
 */
export function percentile(sorted: Float64Array, count: number, percent: number): number {
  if (count === 0) return 0;
  const rank = (percent / 100) * (count - 1);
  const below = sorted[Math.floor(rank)] as number;
  const above = sorted[Math.ceil(rank)] as number;
  return below + (above - below) * (rank - Math.floor(rank));
}
