import { InvalidOptionError } from '@tollgate/sdk';
import { entropyBits, type LinearFit, linearFit, mean, sampleStandardDeviation } from '@tollgate/stats';
import { pairProducts } from './pair-products.ts';

/** One verdict of a judge, with what it gave for each criterion of its rubric. */
export interface RubricVerdict {
  /** The overall verdict. */
  readonly verdict: number;
  /** One score per criterion, in the same order throughout; `undefined` where the judge gave none. */
  readonly criteria: readonly (number | undefined)[];
}

/** How much of a judge's verdicts its own rubric explains. */
export interface SchematicAdherence {
  /** The larger R² of the two fits. Range [0, 1]. */
  readonly adherence: number;
  /** 1 − adherence: the share of the variance of verdicts that comes from elsewhere. */
  readonly unexplained: number;
  /** √unexplained, in standard deviations of the verdict. */
  readonly unexplainedSensitivity: number;
  /** R² of a weighted sum of the criteria. */
  readonly linear: number;
  /** R² with squares and products of criteria. Absent where there are too few rows for as many terms. */
  readonly quadratic?: number;
  /** R² of the best single criterion. */
  readonly bestSingle: number;
  /** `linear` − `bestSingle`: what the other criteria add. */
  readonly gain: number;
  readonly intercept: number;
  /** Of the weighted sum, in units of the verdict for each unit of the criterion. */
  readonly weights: readonly number[];
  /** How evenly criteria count, from the entropy of |weight × deviation of the criterion|: 1 evenly, 0 one alone. Absent for one criterion. */
  readonly weightEntropyRatio?: number;
  /** Standard deviation over mean of the same numbers: 0 evenly. */
  readonly weightDisparity: number;
  /** Complete rows, which the fits are made on. */
  readonly rows: number;
  /** Rows left out, because a criterion had no score. */
  readonly dropped: number;
}

/** Rows to each term of the quadratic fit, or it would explain noise. */
const ROWS_PER_TERM = 3;

// Source: "When Judgment Becomes Noise" (arXiv 2509.20293), schematic adherence: max of linear and quadratic R².
// Differs: rows without a criterion are dropped and counted, where the authors' code fills in the middle of the scale; the
// quadratic fit needs rows enough.
/**
 * Whether a judge decides by its rubric: R² of its overall verdict by its own scores for the criteria.
 *
 * Fitted and measured on the same rows: 12 rows with 5 criteria reach 0.95 by chance alone. Have many times more rows than
 * criteria, and compare judges on equally many rows.
 *
 * @throws InvalidOptionError when rows have different numbers of criteria or none, a number is not finite, or there are no
 * more complete rows than criteria and two.
 */
export function schematicAdherence(verdicts: readonly RubricVerdict[]): SchematicAdherence {
  const complete = completeRows(verdicts);
  const { rows, columns, target } = complete;
  const { fit, quadratic, adherence } = rubricFits(complete);
  const bestSingle = Math.max(...columns.map((column) => linearFit([column], target).explained));
  const sizes = columns.map((column, i) => Math.abs(fit.coefficients[i] ?? 0) * sampleStandardDeviation(column));
  const average = mean(sizes);
  const spread = Math.sqrt(mean(sizes.map((size) => (size - average) ** 2)));
  return {
    adherence,
    unexplained: 1 - adherence,
    unexplainedSensitivity: Math.sqrt(1 - adherence),
    linear: fit.explained,
    ...(quadratic !== undefined && { quadratic }),
    bestSingle,
    gain: fit.explained - bestSingle,
    intercept: fit.intercept,
    weights: fit.coefficients,
    ...(columns.length > 1 && { weightEntropyRatio: entropyBits(sizes) / Math.log2(columns.length) }),
    weightDisparity: average === 0 ? 0 : spread / average,
    rows,
    dropped: verdicts.length - rows,
  };
}

/** The share of the variance of verdicts that their criteria do not explain. @throws InvalidOptionError as `schematicAdherence`. */
export function unexplainedShare(verdicts: readonly RubricVerdict[]): number {
  return 1 - rubricFits(completeRows(verdicts)).adherence;
}

interface RubricFits {
  readonly fit: LinearFit;
  readonly quadratic: number | undefined;
  readonly adherence: number;
}

function rubricFits({ rows, columns, target }: CompleteRows): RubricFits {
  const fit = linearFit(columns, target);
  const terms = columns.length + (columns.length * (columns.length + 1)) / 2;
  const quadratic =
    rows < ROWS_PER_TERM * terms ? undefined : linearFit([...columns, ...pairProducts(columns)], target).explained;
  return { fit, quadratic, adherence: Math.max(fit.explained, quadratic ?? 0) };
}

interface CompleteRows {
  readonly rows: number;
  readonly columns: readonly (readonly number[])[];
  readonly target: readonly number[];
}

function completeRows(verdicts: readonly RubricVerdict[]): CompleteRows {
  const width = verdicts[0]?.criteria.length ?? 0;
  for (const [i, { verdict, criteria }] of verdicts.entries()) {
    if (criteria.length !== width) {
      const option = `verdicts[${i}].criteria`;
      throw new InvalidOptionError(
        option,
        `${option} must hold ${width} scores like the first, received ${criteria.length}.`,
      );
    }
    const odd = [verdict, ...criteria].find((value) => value !== undefined && !Number.isFinite(value));
    if (odd !== undefined) {
      throw new InvalidOptionError(`verdicts[${i}]`, `verdicts[${i}] must hold finite numbers, received ${odd}.`);
    }
  }
  const complete = verdicts.filter(({ criteria }) => criteria.every((score) => score !== undefined));
  if (width === 0 || complete.length < width + 2) {
    throw new InvalidOptionError(
      'verdicts',
      `verdicts must hold more complete rows than criteria and two, received ${complete.length} for ${width} criteria.`,
    );
  }
  return {
    rows: complete.length,
    columns: Array.from({ length: width }, (_, j) => complete.map(({ criteria }) => criteria[j] ?? 0)),
    target: complete.map(({ verdict }) => verdict),
  };
}
