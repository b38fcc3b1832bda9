import { nanoFromUsd, nanoOf } from '@tollgate/budget';
import { type Pricing, UnknownPriceError, type Usage } from '@tollgate/sdk';
import { type FileProblem, InvalidFileError } from '../tasks/invalid-file-error.ts';
import { ColumnTable } from './column-table.ts';
import { OutcomeColumns } from './outcome-columns.ts';
import { checkOutcomeLine, type OutcomeLine } from './outcome-line.ts';
import { orderRows, type RowOrder } from './order-rows.ts';
import type { OutcomesTable, OutcomeTask, RowRange } from './outcomes-table.ts';

/** How an outcomes table is read. */
export interface OutcomesOptions {
  /** What messages call the file, for example its path. */
  readonly source: string;
  /** Prices by model name, for lines without `costUsd`. Time of a local engine is taken from `latencyMs`. @defaultValue none */
  readonly prices?: { readonly [model: string]: Pricing };
  /** Milliseconds since the epoch at which the prices are taken. @defaultValue 0: declared prices do not change */
  readonly pricedAtMs?: number;
}

const maxProblems = 20;
const stopped = 'Reading stopped here; there may be more.';
const exampleLine =
  'A line looks like this: {"task":"q1","model":"small","sample":0,"answer":"42","correct":true,"inputTokens":120,"outputTokens":40,"costUsd":0.00002}';

/** Takes the lines of a table one after the other. */
export class OutcomesReader {
  readonly #options: OutcomesOptions;
  readonly #columns = new OutcomeColumns();
  readonly #tasks: OutcomeTask[] = [];
  readonly #taskIndex = new Map<string, number>();
  readonly #models = new Map<string, number>();
  /** Number of the pair, by task index and model index. */
  readonly #pairs: number[][] = [];
  readonly #pairNames: (readonly [task: string, model: string])[] = [];
  readonly #problems: FileProblem[] = [];
  readonly #unpriced = new Set<string>();
  #line = 0;
  #emptyLine: number | undefined;

  constructor(options: OutcomesOptions) {
    this.#options = options;
  }

  /** @throws InvalidFileError once twenty problems have been found. */
  read(text: string): void {
    this.#line += 1;
    const content = this.#line === 1 ? text.replace(/^\uFEFF/, '') : text;
    // Empty lines at the end of a file are harmless, so one counts only when something follows.
    if (content.trim() === '') {
      this.#emptyLine ??= this.#line;
      return;
    }
    if (this.#emptyLine !== undefined) this.#report('the line is empty; remove it.', this.#emptyLine);
    this.#emptyLine = undefined;
    let value: unknown;
    try {
      value = JSON.parse(content);
    } catch (error) {
      this.#report(`not JSON: ${error instanceof Error ? error.message : String(error)}`);
      return;
    }
    const problems: string[] = [];
    if (checkOutcomeLine(value, problems)) this.#keep(value);
    else for (const problem of problems) this.#report(problem);
  }

  /** @throws InvalidFileError for any problem, a repeated sample, or a file without lines. */
  finish(): OutcomesTable {
    const { source } = this.#options;
    if (this.#columns.pairs.length === 0 && this.#problems.length === 0) {
      throw new InvalidFileError(source, [{ message: 'the file is empty.' }], exampleLine);
    }
    const order = orderRows(this.#columns.pairs, this.#columns.samples, this.#pairNames.length);
    this.#reportRepeated(order);
    if (this.#problems.length > 0) throw new InvalidFileError(source, this.#problems, exampleLine);
    const ranges = new Map<string, Map<string, RowRange>>(this.#tasks.map(({ id }) => [id, new Map()]));
    for (const [pair, [task, model]] of this.#pairNames.entries()) {
      const first = order.firsts[pair] ?? 0;
      ranges.get(task)?.set(model, { first, count: (order.firsts[pair + 1] ?? first) - first });
    }
    return new ColumnTable({
      source,
      tasks: this.#tasks,
      models: [...this.#models.keys()],
      ranges,
      columns: this.#columns,
      order,
    });
  }

  #keep(line: OutcomeLine): void {
    const costNanoUsd = this.#costOf(line);
    if (costNanoUsd === undefined) return;
    this.#columns.push(line, { pair: this.#pairOf(line), line: this.#line, costNanoUsd });
    for (const [name, signal] of Object.entries(line.signals ?? {})) {
      if (typeof signal === 'number') this.#columns.pushSignal(name, signal, 0);
      else this.#columns.pushSignal(name, signal.value, nanoNumber(signal.costUsd ?? 0));
    }
  }

  #costOf(line: OutcomeLine): number | undefined {
    const { model, costUsd } = line;
    if (costUsd != null) return nanoNumber(costUsd);
    const pricing = this.#options.prices?.[model];
    if (pricing === undefined) {
      if (!this.#unpriced.has(model)) {
        this.#report(
          `the model "${model}" has no price: give its lines "costUsd", or declare a price for it in the configuration.`,
        );
      }
      this.#unpriced.add(model);
      return undefined;
    }
    try {
      const { amount } = pricing.priceOf(
        usageOf(line),
        { provider: 'outcomes', modelId: model },
        this.#options.pricedAtMs ?? 0,
      );
      return Number(nanoOf(amount));
    } catch (error) {
      if (!(error instanceof UnknownPriceError)) throw error;
      this.#report(error.message);
      return undefined;
    }
  }

  #pairOf(line: OutcomeLine): number {
    const task = this.#taskOf(line);
    let model = this.#models.get(line.model);
    if (model === undefined) this.#models.set(line.model, (model = this.#models.size));
    const pairsOfTask = (this.#pairs[task] ??= []);
    return (pairsOfTask[model] ??= this.#pairNames.push([line.task, line.model]) - 1);
  }

  #taskOf(line: OutcomeLine): number {
    const known = this.#taskIndex.get(line.task);
    if (known === undefined) {
      this.#taskIndex.set(line.task, this.#tasks.length);
      return this.#tasks.push({ id: line.task, ...aboutTask(line) }) - 1;
    }
    const before = this.#tasks[known];
    for (const field of ['class', 'group'] as const) {
      const [now, earlier] = [line[field], before?.[field]];
      if (now == null || earlier === undefined || now === earlier) continue;
      this.#report(
        `"${field}" of task "${line.task}" is "${now}" here and "${earlier}" in an earlier line; a task has one.`,
      );
    }
    return known;
  }

  #reportRepeated({ rows }: RowOrder): void {
    const { pairs, samples, lines } = this.#columns;
    for (let place = 1; place < rows.length; place += 1) {
      const [row, before] = [rows[place] ?? 0, rows[place - 1] ?? 0];
      if (pairs[row] !== pairs[before] || samples[row] !== samples[before]) continue;
      const [task, model] = this.#pairNames[pairs[row] ?? 0] ?? [];
      this.#report(
        `sample ${samples[row]} of task "${task}" and model "${model}" is already in line ${lines[before]}; each occurs once.`,
        lines[row],
      );
    }
  }

  #report(message: string, line = this.#line): void {
    this.#problems.push({ line, message });
    if (this.#problems.length >= maxProblems) throw new InvalidFileError(this.#options.source, this.#problems, stopped);
  }
}

function aboutTask({ class: kind, group, prompt, features }: OutcomeLine): Omit<OutcomeTask, 'id'> {
  return {
    ...(kind != null && { class: kind }),
    ...(group != null && { group }),
    ...(prompt != null && { prompt }),
    ...(features != null && { features }),
  };
}

function usageOf({ inputTokens, outputTokens, reasoningTokens, latencyMs }: OutcomeLine): Usage {
  const reasoning = reasoningTokens ?? 0;
  return {
    ...(inputTokens != null && { inputUncached: inputTokens }),
    cacheRead: 0,
    cacheWrite: { total: 0 },
    ...(outputTokens != null && { outputText: outputTokens - reasoning }),
    outputReasoning: reasoning,
    ...(latencyMs != null && { engineSeconds: latencyMs / 1000 }),
  };
}

/** Whole nano-dollars as a plain number: exact, for no line costs more than a million dollars. */
function nanoNumber(usd: number): number {
  const nearest = Math.round(usd * 1e9);
  return nearest / 1e9 === usd ? nearest : Number(nanoFromUsd(usd));
}
