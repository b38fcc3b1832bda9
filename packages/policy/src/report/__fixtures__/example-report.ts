import type { RunReport, StrategyReport } from '../run-report.ts';

const tasks = 120;
const price = { kind: 'hardware', usdPerHour: 0.12, watts: 65, usdPerKwh: 0.3, slowestTokensPerSecond: 2 };

type Shares = { readonly [model: string]: number };

/** Figures of a run of eleven strategies over three local models. */
export function exampleReport(): RunReport {
  const strategies: StrategyReport[] = [
    strategy('single:smollm2-135m', 0.083, 0.0000118, { 'smollm2-135m': 1 }),
    strategy('single:qwen-0.5b', 0.35, 0.0000414, { 'qwen-0.5b': 1 }),
    strategy('single:qwen-1.5b', 0.842, 0.000172, { 'qwen-1.5b': 1 }),
    strategy('vote:smollm2-135m:8', 0.1, 0.0000611, { 'smollm2-135m': 1 }),
    strategy('vote:qwen-0.5b:8', 0.475, 0.000228, { 'qwen-0.5b': 1 }),
    strategy('vote:qwen-1.5b:6', 0.9, 0.000813, { 'qwen-1.5b': 1 }),
    strategy('cascade:qwen-0.5b,qwen-1.5b', 0.825, 0.000263, { 'qwen-0.5b': 0.42, 'qwen-1.5b': 0.58 }),
    strategy('cascade:smollm2-135m,qwen-0.5b,qwen-1.5b:3@0.67', 0.817, 0.000301, { 'smollm2-135m': 0.11, 'qwen-0.5b': 0.36, 'qwen-1.5b': 0.53 }),
    strategy('model-switch:smollm2-135m,qwen-0.5b,qwen-1.5b:5', 0.867, 0.00112, { 'smollm2-135m': 0.06, 'qwen-0.5b': 0.19, 'qwen-1.5b': 0.75 }, 4),
    strategy('mini-n:qwen-0.5b:2x4', 0.55, 0.000207, { 'qwen-0.5b': 1 }, 11),
    { ...strategy('mini-n:qwen-0.5b:2x4:oracle', 0.742, 0.000147, { 'qwen-0.5b': 1 }), oracleVerifier: true },
  ];
  const spentUsd = strategies.reduce((sum, { costUsd }) => sum + costUsd, 0);
  const model = (name: string, modelId: string, passedAlone: number): RunReport['models'][number] => ({
    name,
    provider: 'llama-cpp',
    modelId,
    price,
    attempts: strategies.reduce((sum, { spendByModel, attempts }) => sum + (name in spendByModel ? attempts : 0), 0),
    tokens: Math.round(strategies.reduce((sum, { spendByModel }) => sum + (spendByModel[name] ?? 0), 0) * 1.9e7),
    costUsd: strategies.reduce((sum, { spendByModel }) => sum + (spendByModel[name] ?? 0), 0),
    passedAlone,
  });
  return {
    tasks,
    models: [
      model('smollm2-135m', 'SmolLM2-135M-Instruct-Q4_1', 0.083),
      model('qwen-0.5b', 'Qwen2.5-Coder-0.5B-Instruct-Q4_K_M', 0.35),
      model('qwen-1.5b', 'Qwen2.5-Coder-1.5B-Instruct-Q4_K_M', 0.842),
    ],
    strategies,
    ledger: { capUsd: 1, spentUsd, heldUsd: 0, rows: 3911 },
    notes: [
      'Replayed from a recording; no model was asked.',
      'Answers were cut at 256 tokens; 14 of 3,911 attempts reached that.',
    ],
  };
}

function strategy(name: string, accuracy: number, costPerTaskUsd: number, shares: Shares, abstained = 0): StrategyReport {
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
