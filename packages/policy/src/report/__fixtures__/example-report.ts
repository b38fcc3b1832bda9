import type { RunReport, StrategyReport } from '../run-report.ts';

const tasks = 120;
const price = { kind: 'hardware', usdPerHour: 0.12, watts: 65, usdPerKwh: 0.3, slowestTokensPerSecond: 2 };

interface Outcome {
  readonly accuracy: number;
  readonly costPerTaskUsd: number;
  /** Shares of the cost, by model. */
  readonly shares: { readonly [model: string]: number };
  readonly abstained?: number;
}

/** Figures of a run of eleven strategies over three local models. */
export function exampleReport(): RunReport {
  const strategies: StrategyReport[] = [
    strategy('single:smollm2-135m', { accuracy: 0.083, costPerTaskUsd: 0.0000118, shares: { 'smollm2-135m': 1 } }),
    strategy('single:qwen-0.5b', { accuracy: 0.35, costPerTaskUsd: 0.0000414, shares: { 'qwen-0.5b': 1 } }),
    strategy('single:qwen-1.5b', { accuracy: 0.842, costPerTaskUsd: 0.000172, shares: { 'qwen-1.5b': 1 } }),
    strategy('vote:smollm2-135m:8', { accuracy: 0.1, costPerTaskUsd: 0.0000611, shares: { 'smollm2-135m': 1 } }),
    strategy('vote:qwen-0.5b:8', { accuracy: 0.475, costPerTaskUsd: 0.000228, shares: { 'qwen-0.5b': 1 } }),
    strategy('vote:qwen-1.5b:6', { accuracy: 0.9, costPerTaskUsd: 0.000813, shares: { 'qwen-1.5b': 1 } }),
    strategy('cascade:qwen-0.5b,qwen-1.5b', { accuracy: 0.825, costPerTaskUsd: 0.000263, shares: { 'qwen-0.5b': 0.42, 'qwen-1.5b': 0.58 } }),
    strategy('cascade:smollm2-135m,qwen-0.5b,qwen-1.5b:3@0.67', { accuracy: 0.817, costPerTaskUsd: 0.000301, shares: { 'smollm2-135m': 0.11, 'qwen-0.5b': 0.36, 'qwen-1.5b': 0.53 } }),
    strategy('model-switch:smollm2-135m,qwen-0.5b,qwen-1.5b:5', { accuracy: 0.867, costPerTaskUsd: 0.00112, shares: { 'smollm2-135m': 0.06, 'qwen-0.5b': 0.19, 'qwen-1.5b': 0.75 }, abstained: 4 }),
    strategy('mini-n:qwen-0.5b:2x4', { accuracy: 0.55, costPerTaskUsd: 0.000207, shares: { 'qwen-0.5b': 1 }, abstained: 11 }),
    { ...strategy('mini-n:qwen-0.5b:2x4:oracle', { accuracy: 0.742, costPerTaskUsd: 0.000147, shares: { 'qwen-0.5b': 1 } }), oracleVerifier: true },
  ];
  const spentUsd = strategies.reduce((sum, { costUsd }) => sum + costUsd, 0);
  const model = (name: string, modelId: string): RunReport['models'][number] => ({
    name,
    provider: 'llama-cpp',
    modelId,
    price,
    attempts: strategies.reduce((sum, { spendByModel, attempts }) => sum + (name in spendByModel ? attempts : 0), 0),
    tokens: Math.round(strategies.reduce((sum, { spendByModel }) => sum + (spendByModel[name] ?? 0), 0) * 1.9e7),
    costUsd: strategies.reduce((sum, { spendByModel }) => sum + (spendByModel[name] ?? 0), 0),
  });
  return {
    tasks,
    models: [
      model('smollm2-135m', 'SmolLM2-135M-Instruct-Q4_1'),
      model('qwen-0.5b', 'Qwen2.5-Coder-0.5B-Instruct-Q4_K_M'),
      model('qwen-1.5b', 'Qwen2.5-Coder-1.5B-Instruct-Q4_K_M'),
    ],
    strategies,
    ledger: { capUsd: 1, spentUsd, heldUsd: 0, rows: 3911 },
    notes: [
      'Replayed from a recording; no model was asked.',
      'Answers were cut at 256 tokens; 14 of 3,911 attempts reached that.',
    ],
  };
}

function strategy(name: string, { accuracy, costPerTaskUsd, shares, abstained = 0 }: Outcome): StrategyReport {
  const half = 1.96 * Math.sqrt((accuracy * (1 - accuracy)) / tasks);
  const costUsd = costPerTaskUsd * tasks;
  const width = name.startsWith('single') ? 0.05 : 0.11;
  return {
    name,
    accuracy,
    accuracyCi95: [Math.max(0, accuracy - half), Math.min(1, accuracy + half)],
    costUsd,
    costOfPassUsd: costPerTaskUsd / accuracy,
    costOfPassCi95: [(costPerTaskUsd * (1 - width)) / (accuracy + half), (costPerTaskUsd * (1 + width)) / Math.max(0.01, accuracy - half)],
    costPerTaskUsd,
    costPerTaskCi95: [costPerTaskUsd * (1 - width), costPerTaskUsd * (1 + width)],
    attempts: Math.round(tasks * (1 + Object.keys(shares).length * 0.8)),
    tokens: Math.round(costUsd * 1.9e7),
    wallSeconds: Math.round(costUsd * 9000) / 10,
    abstained,
    answered: tasks - abstained,
    spendByModel: Object.fromEntries(Object.entries(shares).map(([model, share]) => [model, share * costUsd])),
  };
}
