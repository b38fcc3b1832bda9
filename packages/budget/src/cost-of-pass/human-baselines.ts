/**
 * What a qualified person costs for one problem, in US dollars, as estimated by the paper from time and wages. A baseline
 * for these test sets; for work of your own measure your own.
 */
// Source: Erol et al. 2025 (arXiv 2504.13359), section 3, and its repository.
export const humanBaselinesUsd = {
  'two-digit-addition': 0.02,
  gsm8k: 3.5,
  bbq: 0.1,
  'gpqa-diamond': 58,
  math500: 12,
  'aime-2024': 20,
} as const;
