import type { Clock } from '../spec/context.ts';
import type { JsonPrimitive } from '../spec/json.ts';
import type { Money } from '../spec/money.ts';
import type { NotAsked, Span, SpanFacts, TraceCharge, TraceKind, TraceNode } from '../spec/trace.ts';
import { flat } from './flat.ts';

/** A tree keeps this many nodes; later ones are counted and their costs added up. */
const maxNodes = 1000;

interface Tree {
  readonly clock: Clock;
  opened: number;
}

interface SpanFor {
  /** The path from the root, so that what happened below a span is known by its id. */
  readonly id: string;
  readonly kind: TraceKind;
  readonly name: string;
  readonly keeper?: TreeSpan;
}

class TreeSpan implements Span {
  readonly id: string;
  readonly #tree: Tree;
  /** For a node that was left out: the nearest one above it that was kept. */
  readonly #keeper: TreeSpan | undefined;
  readonly #kind: TraceKind;
  readonly #name: string;
  readonly #startedAtMs: number;
  #endedAtMs: number | undefined;
  #status: string | undefined;
  #rule: string | undefined;
  #values: Record<string, JsonPrimitive> | undefined;
  #charges: TraceCharge[] | undefined;
  #notAsked: NotAsked[] | undefined;
  #children: TreeSpan[] | undefined;
  #opened = 0;
  #omitted = 0;
  #omittedNanoUsd: bigint | undefined;

  constructor(tree: Tree, { id, kind, name, keeper }: SpanFor) {
    this.#tree = tree;
    this.#keeper = keeper;
    this.#kind = kind;
    this.#name = name;
    this.id = id;
    tree.opened += 1;
    this.#startedAtMs = tree.clock.now();
  }

  child(kind: TraceKind, name: string): Span {
    this.#opened += 1;
    const id = flat(`${this.id}.${this.#opened}`);
    if (this.#tree.opened < maxNodes) {
      const span = new TreeSpan(this.#tree, { id, kind, name });
      // Made with its first, a list has room for one; most spans have no more, and a list that grows has room for seventeen.
      if (this.#children === undefined) this.#children = [span];
      else this.#children.push(span);
      return span;
    }
    const keeper = this.#keeper ?? this;
    keeper.#omitted += 1;
    return new TreeSpan(this.#tree, { id, kind, name, keeper });
  }

  add(facts: SpanFacts): void {
    if (facts.status !== undefined) this.#status = facts.status;
    if (facts.rule !== undefined) this.#rule = facts.rule;
    if (facts.values !== undefined) this.#values = { ...this.#values, ...facts.values };
    if (facts.charge !== undefined) this.#charge(facts.charge);
    if (facts.notAsked !== undefined) (this.#notAsked ??= []).push(facts.notAsked);
  }

  #charge(charge: TraceCharge): void {
    (this.#charges ??= []).push(charge);
    if (this.#keeper === undefined || charge.cost === undefined) return;
    this.#keeper.#omittedNanoUsd = (this.#keeper.#omittedNanoUsd ?? 0n) + BigInt(charge.cost.nanoUsd);
  }

  end(status?: string): void {
    if (status !== undefined) this.#status = status;
    this.#endedAtMs ??= this.#tree.clock.now();
  }

  toNode(): TraceNode {
    // Every call writes its trace: set one by one, the fields cost a fraction of what spreading them does.
    const node: { -readonly [Key in keyof TraceNode]: TraceNode[Key] } = {
      id: this.id,
      kind: this.#kind,
      name: this.#name,
      startedAtMs: this.#startedAtMs,
      children: this.#children?.map((child) => child.toNode()) ?? [],
    };
    if (this.#endedAtMs !== undefined) node.endedAtMs = this.#endedAtMs;
    if (this.#status !== undefined) node.status = this.#status;
    if (this.#rule !== undefined) node.rule = this.#rule;
    if (this.#values !== undefined) node.values = this.#values;
    if (this.#charges !== undefined) node.charges = this.#charges;
    if (this.#notAsked !== undefined) node.notAsked = this.#notAsked;
    if (this.#omitted > 0) node.omitted = this.#omitted;
    if (this.#omittedNanoUsd !== undefined) node.omittedCost = moneyOf(this.#omittedNanoUsd);
    return node;
  }
}

function moneyOf(nanoUsd: bigint): Money {
  return { usd: Number(nanoUsd) / 1e9, nanoUsd: String(nanoUsd) };
}

/** Opens the root of a new trace. Its id names the whole tree and is unique across processes. */
export function createRootSpan(name: string, clock: Clock): Span {
  return new TreeSpan({ clock, opened: 0 }, { id: flat(crypto.randomUUID()), kind: 'root', name });
}
