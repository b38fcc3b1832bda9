export { answerKeyFor } from './checks/answer-key-for.ts';
export { checkAnswer, type CheckResult } from './checks/check-answer.ts';
export { extractChoice, type ExtractChoiceOptions, finalChoice } from './checks/choice.ts';
export { foldText, textsAgree } from './checks/exact.ts';
export { extractNumber, type ExtractNumberOptions, finalNumber } from './checks/number.ts';
export { numbersAgree } from './checks/numbers-agree.ts';
export { matchPattern, type PatternMatcher } from './checks/regex.ts';
export { validateCheck } from './checks/validate-check.ts';
export { oracleScorer, verifyScorer } from './scorers/verify.ts';
