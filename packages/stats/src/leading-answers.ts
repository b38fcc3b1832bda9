// Equal scores added up in another order differ in the last bits; rounding must not decide a vote.
const TIE_TOLERANCE = 1e-12;

/** The answers that share the highest score, in the order of the map. An answer needs a positive score to lead. */
export function leadingAnswers(scores: ReadonlyMap<string, number>): string[] {
  let highest = 0;
  for (const score of scores.values()) highest = Math.max(highest, score);
  const leaders: string[] = [];
  for (const [answer, score] of scores) {
    if (score > 0 && score >= highest * (1 - TIE_TOLERANCE)) leaders.push(answer);
  }
  return leaders;
}
