import type { LlamaContextSequence, Token } from 'node-llama-cpp';

/** A sequence of the engine's context: the memory of one sample, or of one conversation between its calls. */
export type Lane = Pick<LlamaContextSequence, 'compareContextTokens' | 'nextTokenIndex' | 'needsCheckpoints'>;

/** What a call wants. */
export interface LaneRequest {
  /** Lanes, one a sample. Range [1, `size`]. */
  readonly count: number;
  /** What the first lane is to hold. */
  readonly tokens: readonly Token[];
  /** The conversation the call belongs to. */
  readonly sessionKey?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What a call got. */
export interface TakenLanes<L extends Lane> {
  /** The first one holds, or shall get as a copy, the most of the wanted tokens. */
  readonly lanes: readonly L[];
  /** A lane that holds more of them than the first one. It may be in use by another call. */
  readonly copyFrom?: { readonly lane: L; readonly tokens: number };
  /** Gives them back. What they hold stays until others need the room. */
  release(): void;
}

interface Slot<L> {
  readonly lane: L;
  isBusy: boolean;
  sessionKey: string | undefined;
  /** Rises with every use. */
  usedAt: number;
}

interface Waiting {
  readonly count: number;
  readonly grant: () => void;
}

// Copying moves the lane's whole memory, about what a few dozen tokens cost to evaluate.
const leastCopied = 32;

/**
 * Who has which sequence. Calls get their lanes in the order they came: one that needs many is not overtaken by those
 * that need few.
 *
 * A call goes to the lane of its conversation, else to one that it continues, else to the one used least recently, where
 * lanes of named conversations come last.
 */
export class Lanes<L extends Lane> {
  readonly #slots: readonly Slot<L>[];
  readonly #waiting: Waiting[] = [];
  #uses = 0;

  constructor(lanes: readonly L[]) {
    this.#slots = lanes.map((lane) => ({ lane, isBusy: false, sessionKey: undefined, usedAt: 0 }));
  }

  get size(): number {
    return this.#slots.length;
  }

  /** Waits for lanes. Undefined where the signal fired first. */
  take(request: LaneRequest): Promise<TakenLanes<L> | undefined> {
    return this.#inTurn(request.count, request.signal, () => this.#take(request));
  }

  /** Runs work while no call has a lane. It waits in the same line. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    const release = await this.#inTurn(this.size, undefined, () => this.#occupy(this.#slots));
    try {
      return await work();
    } finally {
      release?.();
    }
  }

  #take({ count, tokens, sessionKey }: LaneRequest): TakenLanes<L> {
    const { root, copyFrom } = this.#chooseRoot(tokens, sessionKey);
    const taken = [root, ...this.#leastMissed().filter((slot) => slot !== root)].slice(0, count);
    for (const slot of this.#slots) {
      if (slot.sessionKey === sessionKey || taken.includes(slot)) slot.sessionKey = undefined;
    }
    this.#uses += 1;
    for (const slot of taken) {
      slot.sessionKey = sessionKey;
      slot.usedAt = this.#uses;
    }
    return {
      lanes: taken.map(({ lane }) => lane),
      ...(copyFrom !== undefined && { copyFrom }),
      release: this.#occupy(taken),
    };
  }

  #occupy(slots: readonly Slot<L>[]): () => void {
    for (const slot of slots) slot.isBusy = true;
    return () => {
      for (const slot of slots) slot.isBusy = false;
      this.#serve();
    };
  }

  #chooseRoot(
    tokens: readonly Token[],
    sessionKey: string | undefined,
  ): { readonly root: Slot<L>; readonly copyFrom?: { readonly lane: L; readonly tokens: number } } {
    const shared = new Map(this.#slots.map((slot) => [slot, sharedTokens(slot.lane, tokens)]));
    const sharedOf = (slot: Slot<L>): number => shared.get(slot) ?? 0;
    const longest = (slots: readonly Slot<L>[]): Slot<L> | undefined =>
      slots.reduce<Slot<L> | undefined>(
        (best, slot) => (best && sharedOf(best) >= sharedOf(slot) ? best : slot),
        undefined,
      );
    const free = this.#leastMissed();
    const own = sessionKey === undefined ? undefined : longest(free.filter((slot) => slot.sessionKey === sessionKey));
    const continued = longest(
      free.filter((slot) => slot.sessionKey === undefined && sharedOf(slot) * 2 >= slot.lane.nextTokenIndex),
    );
    const root = own ?? (continued !== undefined && sharedOf(continued) > 0 ? continued : free[0]);
    if (root === undefined) throw new Error('no lane is free');
    // A memory that cannot be cut back can only be copied whole.
    const source = longest(
      this.#slots.filter((slot) => !slot.lane.needsCheckpoints || sharedOf(slot) === slot.lane.nextTokenIndex),
    );
    if (source === undefined || sharedOf(source) < sharedOf(root) + leastCopied) return { root };
    return { root, copyFrom: { lane: source.lane, tokens: sharedOf(source) } };
  }

  /** Free lanes, the ones first whose content is least likely to be asked for again. */
  #leastMissed(): readonly Slot<L>[] {
    return this.#slots
      .filter(({ isBusy }) => !isBusy)
      .sort((a, b) => Number(a.sessionKey !== undefined) - Number(b.sessionKey !== undefined) || a.usedAt - b.usedAt);
  }

  #inTurn<T>(count: number, signal: AbortSignal | undefined, start: () => T): Promise<T | undefined> {
    if (signal?.aborted === true) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(entry), 1);
        resolve(undefined);
        this.#serve();
      };
      const entry: Waiting = {
        count,
        grant: () => {
          signal?.removeEventListener('abort', leave);
          resolve(start());
        },
      };
      signal?.addEventListener('abort', leave, { once: true });
      this.#waiting.push(entry);
      this.#serve();
    });
  }

  #serve(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (this.#slots.filter(({ isBusy }) => !isBusy).length < next.count) return;
      this.#waiting.shift();
      next.grant();
    }
  }
}

function sharedTokens(lane: Lane, tokens: readonly Token[]): number {
  return lane.compareContextTokens([...tokens]).firstDifferentIndex;
}
