import { InvalidOptionError } from '../errors/invalid-option-error.ts';
import { TollgateError } from '../errors/tollgate-error.ts';
import type { Capabilities } from '../spec/capabilities.ts';
import type { JsonObject } from '../spec/json.ts';
import type { Model } from '../spec/model.ts';
import type { Pricing } from '../spec/pricing.ts';
import type { GenerateRequest } from '../spec/request.ts';
import { canonicalJson } from '../wire/canonical-json.ts';
import type { CassetteFile } from './cassette-file.ts';
import type { ModelLine } from './cassette-lines.ts';
import { exhaustedError, missError } from './cassette-miss.ts';
import { CassetteSession } from './cassette-session.ts';
import { recordingModel } from './recording-model.ts';
import type { Match } from './request-key.ts';
import { samplesAt, type Tape } from './tape.ts';
import { tapedLeaf } from './taped-leaf.ts';

/** How a model is put on a cassette or taken from it. */
export interface CassetteModelOptions {
  /** Which samples are used up. Share one among the models of one run. @defaultValue a new one */
  readonly session?: CassetteSession;
  /** The price that taped samples are charged at. @defaultValue when recording, the model's own; when replaying, none: guards look in their price book */
  readonly pricing?: Pricing;
}

/** A model as a cassette knows it. */
export interface RecordedModel {
  readonly name: string;
  readonly provider: string;
  readonly modelId: string;
  readonly capabilities: Capabilities;
  /** `Pricing.declaration` of the price it was recorded with. */
  readonly pricing?: JsonObject;
}

/** Recorded answers of models. `openCassette` makes one. */
export class Cassette {
  /** What people should know about the file, for example that its last line was torn and left out. */
  readonly notes: readonly string[];
  readonly #tape: Tape;
  readonly #file: CassetteFile | undefined;

  /** @internal */
  constructor(tape: Tape, file: CassetteFile | undefined, notes: readonly string[]) {
    this.#tape = tape;
    this.#file = file;
    this.notes = notes;
  }

  get path(): string {
    return this.#tape.path;
  }

  /** Names of the recorded models, in the order in which they were first recorded. */
  get models(): readonly string[] {
    return [...this.#tape.models.keys()];
  }

  /** Request defaults of the run that recorded. */
  get defaults(): JsonObject {
    return this.#tape.header.defaults ?? {};
  }

  /** Which requests count as the same. */
  get match(): Match {
    return this.#tape.match;
  }

  /**
   * Provider, model id, capabilities and declared price of a recorded model.
   *
   * @throws TollgateError `unknown-reference` for a name that is not on the cassette.
   */
  model(name: string): RecordedModel {
    return this.#recorded(name);
  }

  /** A fresh account of which samples are used: one for each strategy run, so that all see the same samples from the start. */
  session(): CassetteSession {
    return new CassetteSession();
  }

  /** How many samples of a model answer this request. */
  recordedSamples(name: string, request: GenerateRequest): number {
    return this.#tape.entries.get(this.#tape.identify(name, request).key)?.samples.length ?? 0;
  }

  /**
   * The model, recorded: samples of a request that are on the tape and unused in this session come from it, only the
   * missing ones are asked live and appended. Taped samples are charged as if they had been asked, so that the figures of
   * a run do not depend on whether it was interrupted.
   *
   * An interrupted recording goes on where it stopped and asks for nothing twice. A seed that was sent for a prompt before
   * is replaced by one that follows from it. Attempts that an abort or a budget cut short are not recorded.
   *
   * @throws InvalidOptionError when the cassette was opened to replay, or holds another model under this name.
   */
  record(name: string, model: Model, options: CassetteModelOptions = {}): Model {
    const file = this.#file;
    if (file === undefined) {
      throw new InvalidOptionError(
        'mode',
        `${this.path} was opened to replay. To record, open it with { mode: 'record' }.`,
      );
    }
    const { provider, modelId } = model;
    const { session = this.session(), pricing = model.pricing } = options;
    const known = this.#tape.models.get(name);
    if (known !== undefined && (known.provider !== provider || known.modelId !== modelId)) {
      throw new InvalidOptionError(
        'name',
        `${this.path} holds ${known.provider}/${known.modelId} under the name "${name}", and this run records ${provider}/${modelId} there. Give the model another name, or record to another file.`,
      );
    }
    const declaration = pricing?.declaration ?? known?.pricing;
    const recorded: ModelLine = {
      kind: 'model',
      name,
      provider,
      modelId,
      capabilities: model.capabilitiesFor(),
      ...(declaration !== undefined && { pricing: declaration }),
    };
    if (known === undefined || canonicalJson(known) !== canonicalJson(recorded)) this.#tape.write(file, recorded);
    return recordingModel({ tape: this.#tape, file, recorded, model, session, pricing });
  }

  /**
   * A leaf that answers from the cassette, held and settled as in life, without waiting.
   *
   * On a `pool` cassette it gives the next unused samples of the request, in the order of the file; on an `exact` one the
   * answer of this very request, as often as it is asked. A request whose output cap a budget lowered gets its samples cut.
   *
   * @throws TollgateError `unknown-reference` for a name that is not on the cassette. Its calls throw `cassette-miss` for
   * a request that was not recorded and `exhausted` when too few samples are left.
   */
  replay(name: string, options: CassetteModelOptions = {}): Model {
    const tape = this.#tape;
    const { session = this.session(), pricing } = options;
    return tapedLeaf(this.#recorded(name), pricing, ({ original, request }) => {
      const identity = tape.identify(name, original);
      const entry = tape.entries.get(identity.key);
      if (entry === undefined || entry.samples.length === 0) throw missError(tape, name, identity);
      const asked = request.samples ?? 1;
      const claimed = tape.claim(session, entry, asked);
      if (claimed.length === asked) return samplesAt(entry, claimed);
      session.giveBack(entry, claimed);
      throw exhaustedError(tape, entry, { asked, used: session.usedCount(entry) });
    });
  }

  /** Closes the file of a recording. What is on the tape can still be replayed. */
  async close(): Promise<void> {
    this.#file?.close();
  }

  #recorded(name: string): ModelLine {
    const recorded = this.#tape.models.get(name);
    if (recorded !== undefined) return recorded;
    const known = this.models.map((other) => `"${other}"`).join(', ') || 'none';
    throw new TollgateError('unknown-reference', `${this.path} has no model "${name}". It holds: ${known}.`);
  }
}
