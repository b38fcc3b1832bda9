import { describe, expect, it } from 'vitest';
import type { Task } from './task.ts';
import { taskHash } from './task-hash.ts';

const task: Task = { id: 'a', prompt: 'Compute 2 + 3.', check: { kind: 'number', answer: '5' }, class: 'sum' };

describe('taskHash', () => {
  it('is stable from one version to the next, so that results can be resumed', () => {
    expect(taskHash(task)).toBe('e74496a07cf374a9');
  });

  it('does not depend on the order of fields, at any depth', () => {
    const turned: Task = { class: 'sum', check: { answer: '5', kind: 'number' }, prompt: 'Compute 2 + 3.', id: 'a' };
    expect(taskHash(turned)).toBe(taskHash(task));
  });

  it.each<[string, Task]>([
    ['prompt', { ...task, prompt: 'Compute 2 + 4.' }],
    ['check', { ...task, check: { kind: 'number', answer: 5 } }],
    ['verify', { ...task, verify: { kind: 'number', answer: '5' } }],
    ['class', { ...task, class: 'sums' }],
  ])('changes with the %s', (_field, changed) => {
    expect(taskHash(changed)).not.toBe(taskHash(task));
  });
});
