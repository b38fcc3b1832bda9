import type { Clock } from '../spec/context.ts';
import type { JsonPrimitive } from '../spec/json.ts';
import type { NotAsked, Span, SpanFacts, TraceCharge, TraceKind, TraceNode } from '../spec/trace.ts';

/** A tree keeps this many nodes; later ones are counted, not kept. */
const maxNodes = 1000;

interface Tree {
  readonly id: string;
  readonly clock: Clock;
  opened: number;
}

class TreeSpan implements Span {
  readonly id: string;
  readonly #tree: Tree;
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
  #omitted = 0;

  constructor(tree: Tree, kind: TraceKind, name: string) {
    this.#tree = tree;
    this.#kind = kind;
    this.#name = name;
    this.id = tree.opened === 0 ? tree.id : `${tree.id}.${tree.opened}`;
    tree.opened += 1;
    this.#startedAtMs = tree.clock.now();
  }

  child(kind: TraceKind, name: string): Span {
    const span = new TreeSpan(this.#tree, kind, name);
    if (this.#tree.opened > maxNodes) this.#omitted += 1;
    else (this.#children ??= []).push(span);
    return span;
  }

  add(facts: SpanFacts): void {
    if (facts.status !== undefined) this.#status = facts.status;
    if (facts.rule !== undefined) this.#rule = facts.rule;
    if (facts.values !== undefined) this.#values = { ...this.#values, ...facts.values };
    if (facts.charge !== undefined) (this.#charges ??= []).push(facts.charge);
    if (facts.notAsked !== undefined) (this.#notAsked ??= []).push(facts.notAsked);
  }

  end(status?: string): void {
    if (status !== undefined) this.#status = status;
    this.#endedAtMs ??= this.#tree.clock.now();
  }

  toNode(): TraceNode {
    return {
      id: this.id,
      kind: this.#kind,
      name: this.#name,
      startedAtMs: this.#startedAtMs,
      ...(this.#endedAtMs !== undefined && { endedAtMs: this.#endedAtMs }),
      ...(this.#status !== undefined && { status: this.#status }),
      ...(this.#rule !== undefined && { rule: this.#rule }),
      ...(this.#values !== undefined && { values: this.#values }),
      ...(this.#charges !== undefined && { charges: this.#charges }),
      ...(this.#notAsked !== undefined && { notAsked: this.#notAsked }),
      children: this.#children?.map((child) => child.toNode()) ?? [],
      ...(this.#omitted > 0 && { omitted: this.#omitted }),
    };
  }
}

/** Opens the root of a new trace. Its id names the whole tree and is unique across processes. */
export function createRootSpan(name: string, clock: Clock): Span {
  return new TreeSpan({ id: crypto.randomUUID(), clock, opened: 0 }, 'root', name);
}
