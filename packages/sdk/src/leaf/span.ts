import type { Clock } from '../spec/context.ts';
import type { JsonPrimitive } from '../spec/json.ts';
import type { Money } from '../spec/money.ts';
import type { NotAsked, Span, SpanFacts, TraceCharge, TraceKind, TraceNode } from '../spec/trace.ts';
import { flat } from './flat.ts';

/** A tree keeps this many nodes; later ones are counted and their costs added up. */
const maxNodes = 1000;

interface Tree {
  /** The id of the root, and the beginning of every other. */
  readonly id: string;
  readonly clock: Clock;
  opened: number;
}

interface SpanFor {
  readonly above: TreeSpan | undefined;
  /** Its number among those that were opened there, from 1 on. */
  readonly place: number;
  readonly kind: TraceKind;
  readonly name: string;
  readonly isKept: boolean;
}

/** What a span learns. Most know none of it before they end, and there is a span or more for each call in flight. */
class Learnt {
  endedAtMs: number | undefined;
  status: string | undefined;
  rule: string | undefined;
  values: Record<string, JsonPrimitive> | undefined;
  charges: TraceCharge[] | undefined;
  notAsked: NotAsked[] | undefined;
  omitted = 0;
  omittedNanoUsd: bigint | undefined;
}

class TreeSpan implements Span {
  readonly #tree: Tree;
  readonly #above: TreeSpan | undefined;
  readonly #place: number;
  readonly #kind: TraceKind;
  readonly #name: string;
  readonly #isKept: boolean;
  readonly #startedAtMs: number;
  #learnt: Learnt | undefined;
  /** Mostly one. */
  #children: TreeSpan | TreeSpan[] | undefined;
  #opened = 0;

  constructor(tree: Tree, { above, place, kind, name, isKept }: SpanFor) {
    this.#tree = tree;
    this.#above = above;
    this.#place = place;
    this.#kind = kind;
    this.#name = name;
    this.#isKept = isKept;
    tree.opened += 1;
    this.#startedAtMs = tree.clock.now();
  }

  /** The path from the root, so that what happened below a span is known by its id. */
  get id(): string {
    return this.#tree.id + this.#path;
  }

  child(kind: TraceKind, name: string): Span {
    this.#opened += 1;
    const isKept = this.#tree.opened < maxNodes;
    const span = new TreeSpan(this.#tree, { above: this, place: this.#opened, kind, name, isKept });
    if (!isKept) this.#keeper.#learn().omitted += 1;
    else if (this.#children === undefined) this.#children = span;
    else if (Array.isArray(this.#children)) this.#children.push(span);
    else this.#children = [this.#children, span];
    return span;
  }

  add(facts: SpanFacts): void {
    const learnt = this.#learn();
    if (facts.status !== undefined) learnt.status = facts.status;
    if (facts.rule !== undefined) learnt.rule = facts.rule;
    if (facts.values !== undefined) learnt.values = { ...learnt.values, ...facts.values };
    if (facts.charge !== undefined) this.#charge(facts.charge);
    if (facts.notAsked !== undefined) (learnt.notAsked ??= []).push(facts.notAsked);
  }

  #charge(charge: TraceCharge): void {
    (this.#learn().charges ??= []).push(charge);
    if (this.#isKept || charge.cost === undefined) return;
    const keeper = this.#keeper.#learn();
    keeper.omittedNanoUsd = (keeper.omittedNanoUsd ?? 0n) + BigInt(charge.cost.nanoUsd);
  }

  end(status?: string): void {
    const learnt = this.#learn();
    if (status !== undefined) learnt.status = status;
    learnt.endedAtMs ??= this.#tree.clock.now();
  }

  toNode(): TraceNode {
    const learnt = this.#learn();
    // Every call writes its trace: set one by one, the fields cost a fraction of what spreading them does.
    const node: { -readonly [Key in keyof TraceNode]: TraceNode[Key] } = {
      id: this.id,
      kind: this.#kind,
      name: this.#name,
      startedAtMs: this.#startedAtMs,
      children: listOf(this.#children).map((child) => child.toNode()),
    };
    if (learnt.endedAtMs !== undefined) node.endedAtMs = learnt.endedAtMs;
    if (learnt.status !== undefined) node.status = learnt.status;
    if (learnt.rule !== undefined) node.rule = learnt.rule;
    if (learnt.values !== undefined) node.values = learnt.values;
    if (learnt.charges !== undefined) node.charges = learnt.charges;
    if (learnt.notAsked !== undefined) node.notAsked = learnt.notAsked;
    if (learnt.omitted > 0) node.omitted = learnt.omitted;
    if (learnt.omittedNanoUsd !== undefined) node.omittedCost = moneyOf(learnt.omittedNanoUsd);
    return node;
  }

  get #path(): string {
    return this.#above === undefined ? '' : `${this.#above.#path}.${this.#place}`;
  }

  /** The nearest one from here up that was not left out. */
  get #keeper(): TreeSpan {
    return this.#isKept || this.#above === undefined ? this : this.#above.#keeper;
  }

  #learn(): Learnt {
    return (this.#learnt ??= new Learnt());
  }
}

function listOf(children: TreeSpan | readonly TreeSpan[] | undefined): readonly TreeSpan[] {
  if (children === undefined) return [];
  return children instanceof TreeSpan ? [children] : children;
}

function moneyOf(nanoUsd: bigint): Money {
  return { usd: Number(nanoUsd) / 1e9, nanoUsd: String(nanoUsd) };
}

/** Names this process, or this part of one. Made when it is first needed: some runtimes have no chance before the first call. */
let run: string | undefined;
let roots = 0;

/** Opens the root of a new trace. Its id names the whole tree and is unique across processes. */
export function createRootSpan(name: string, clock: Clock): Span {
  run ??= flat(`${crypto.randomUUID()}-`);
  roots += 1;
  // Numbered, because a new UUID for each call costs as much time as the rest of its trace.
  const tree = { id: `${run}${roots}`, clock, opened: 0 };
  return new TreeSpan(tree, { above: undefined, place: 0, kind: 'root', name, isKept: true });
}
