import { InvalidOptionError } from '../errors/invalid-option-error.ts';
import { InvalidOutputError } from '../errors/invalid-output-error.ts';
import { TollgateError } from '../errors/tollgate-error.ts';
import { childContext, rootContext } from '../leaf/call-context.ts';
import { endedByItself, readAnswer } from '../leaf/check-output.ts';
import type { Message } from '../spec/content.ts';
import type { CallContext } from '../spec/context.ts';
import type { Model } from '../spec/model.ts';
import type { GenerateRequest } from '../spec/request.ts';
import type { Candidate, GenerateResult } from '../spec/result.ts';
import type { OutputSchema } from '../spec/schema.ts';
import { textOf } from '../strategy/whole-text.ts';
import { schemaJson } from '../wire/schema-json.ts';
import { type ObjectOf, type ObjectSchema, outputSchema } from './object-schema.ts';
import { type GenerateTextOptions, textRequest } from './text-request.ts';
import { chosenCandidate, type TextResult, textResult } from './text-result.ts';
import { withNote } from './with-note.ts';

/** Options of a call for an object: those of `generateText`, and the schema. */
export interface GenerateObjectOptions<Schema extends ObjectSchema>
  extends Omit<GenerateTextOptions, 'output' | 'samples'> {
  readonly schema: Schema;
  /** How often to ask again, with the fault named, when an answer misses the schema. Each time costs a call. Range [0, ∞). @defaultValue 0 */
  readonly repairs?: number;
}

/** A result whose answer is an object. */
export interface ObjectResult<Output> extends Omit<TextResult, 'object'> {
  /** The answer as the schema gives it back: checked, and with its defaults and transformations. */
  readonly object: Output;
}

/**
 * Asks any model for an object of a shape.
 *
 * An engine that holds answers to schemas does so; to any other the schema is written at the end of the prompt. Either way
 * the answer is checked here, and one Markdown fence around it is forgiven.
 *
 * @throws InvalidOutputError when the answer misses the schema, was cut, or is none: it is paid, and is in `error.result`.
 * InvalidOptionError for a schema that cannot be checked or met, before anything is sent; else what `Model.generate` throws.
 *
 * @example
 * const schema = z.object({ city: z.string(), inhabitants: z.number() });
 * const { object, costUsd } = await generateObject(model, 'The capital of France?', { schema });
 */
export async function generateObject<Schema extends ObjectSchema>(
  model: Model,
  prompt: string | readonly Message[],
  options: GenerateObjectOptions<Schema>,
): Promise<ObjectResult<ObjectOf<Schema>>> {
  const { schema, repairs = 0, ...rest } = options;
  if (!Number.isInteger(repairs) || repairs < 0) {
    throw new InvalidOptionError('repairs', `repairs must be a whole number 0 or more, received ${repairs}.`);
  }
  const output = outputSchema(schema);
  const request = { ...textRequest(prompt, rest), output };
  const context = childContext(request.context ?? rootContext(), { kind: 'wrapper', label: 'generateObject' });
  const asking = new ObjectAsking(model, { request, context });
  try {
    const object = await asking.object(repairs);
    return { ...textResult(asking.result('answered')), object: object as ObjectOf<Schema> };
  } catch (error) {
    throw asking.failed(error);
  }
}

/** The calls for one object: all that was answered and charged until one of them fits. */
class ObjectAsking {
  readonly #model: Model;
  readonly #request: GenerateRequest & { readonly output: OutputSchema };
  readonly #context: CallContext;
  readonly #results: GenerateResult[] = [];

  constructor(
    model: Model,
    call: { readonly request: GenerateRequest & { readonly output: OutputSchema }; readonly context: CallContext },
  ) {
    this.#model = model;
    this.#request = call.request;
    this.#context = call.context;
  }

  async object(repairs: number): Promise<unknown> {
    const { output } = this.#request;
    const isHeld = this.#model.capabilitiesFor(this.#request).schema;
    let messages = isHeld ? this.#request.messages : withNote(this.#request.messages, instruction(output));
    for (let repair = 0; ; repair += 1) {
      const result = await this.#ask(messages, repair);
      const candidate = chosenCandidate(result);
      const isWhole = candidate !== undefined && endedByItself(candidate);
      const read = isWhole
        ? await readAnswer(withoutFence(textOf(candidate)), output)
        : { issue: unfinished(candidate, result) };
      if (!('issue' in read)) return read.value;
      if (!isWhole || repair >= repairs) throw this.#missed(read.issue);
      const answer: readonly Message[] =
        candidate.content.length === 0 ? [] : [{ role: 'assistant', content: candidate.content }];
      messages = withNote(
        [...messages, ...answer],
        `That does not fit: ${read.issue}. Answer again, with the JSON alone.`,
      );
    }
  }

  async #ask(messages: readonly Message[], repair: number): Promise<GenerateResult> {
    // A label of its own gives a repair chances of its own.
    const context =
      repair === 0 ? this.#context : childContext(this.#context, { kind: 'wrapper', label: `repair ${repair}` });
    const result = await this.#model.generate({ ...this.#request, messages, context });
    if (repair > 0) context.span.end();
    this.#results.push(result);
    return result;
  }

  /** All results as one: the decision is that of the last. */
  result(status: 'answered' | 'invalid-output'): GenerateResult {
    const last = this.#results.at(-1) as GenerateResult;
    this.#context.span.end(status);
    const raw = this.#results.flatMap((result) => result.raw ?? []);
    return {
      candidates: this.#results.flatMap(({ candidates }) => candidates),
      charges: this.#results.flatMap(({ charges }) => charges),
      decision: last.decision,
      warnings: this.#results.flatMap(({ warnings }) => warnings),
      trace: this.#context.span.toNode(),
      ...(raw.length > 0 && { raw }),
    };
  }

  #missed(issue: string): InvalidOutputError {
    const { provider, modelId } = this.#model;
    const message = `${provider}/${modelId} did not give what the schema asks for: ${issue}. The answer is paid and is in error.result. Ask again with repairs: 1, or ask for less.`;
    return new InvalidOutputError(message, { result: this.result('invalid-output'), issue });
  }

  /** The error, with what the calls before it cost. */
  failed(error: unknown): unknown {
    if (InvalidOutputError.isInstance(error)) return error;
    this.#context.span.end('failed');
    if (!TollgateError.isInstance(error)) return error;
    error.charges = [...this.#results.flatMap(({ charges }) => charges), ...error.charges];
    return error;
  }
}

function unfinished(candidate: Candidate | undefined, { decision }: GenerateResult): string {
  if (candidate === undefined) return `there is no answer: ${decision.reason}`;
  return `the answer is not whole, it ended by "${candidate.finish.unified}"`;
}

function instruction(output: OutputSchema): string {
  return `Answer with one JSON value that fits this JSON Schema, and with nothing before or after it:\n${JSON.stringify(schemaJson(output, 'schema'))}`;
}

/** Models that were told to write JSON alone like to put it in a fence all the same. */
function withoutFence(text: string): string {
  return /^\s*```(?:json)?[ \t]*\n([\s\S]*?)\n?```\s*$/i.exec(text)?.[1] ?? text;
}
