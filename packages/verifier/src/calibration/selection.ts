/** Why no threshold can be promised. */
export interface CalibrationRefusal {
  /** One sentence for people: what is missing, and what helps. */
  readonly reason: string;
  /** About how many more labels it takes, at the rates seen so far. Absent where that cannot be told, or none would help. */
  readonly moreLabels?: number;
}

/** A threshold, or why there is none. */
export type Selection = { readonly threshold: number } | CalibrationRefusal;
