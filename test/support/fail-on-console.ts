import { format } from 'node:util';
import { afterAll, afterEach } from 'vitest';

// Library code never prints. A test that expects output replaces the method itself (vi.spyOn), and then nothing lands here.
const written: string[] = [];
for (const method of ['debug', 'error', 'info', 'log', 'trace', 'warn'] as const) {
  console[method] = (...values: unknown[]) => {
    written.push(`console.${method}: ${format(...values)}`);
  };
}

function failOnConsole(): void {
  if (written.length === 0) return;
  const lines = written.splice(0);
  throw new Error(`Expected a silent console, received:\n${lines.join('\n')}`);
}

afterEach(failOnConsole);
afterAll(failOnConsole);
