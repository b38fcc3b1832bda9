import type { GenerateRequest } from '@tollgate/sdk';
import type { RequestDefaults } from '../config/config.ts';
import type { Task } from '../tasks/task.ts';

/** The request of a task: its prompt, the run's defaults, and the check that strategies may use. Never the grading check. */
export function taskRequest(task: Task, defaults: RequestDefaults): GenerateRequest {
  const { system, examples = [], logprobs, ...rest } = defaults;
  return {
    ...rest,
    messages: [
      ...(system === undefined ? [] : [{ role: 'system' as const, content: system }]),
      ...examples.flatMap(({ user, assistant }) => [
        { role: 'user' as const, content: user },
        { role: 'assistant' as const, content: assistant },
      ]),
      { role: 'user', content: task.prompt },
    ],
    ...(logprobs === true && { logprobs: { top: 0 } }),
    ...(task.verify !== undefined && { evidence: { verify: task.verify } }),
  };
}
