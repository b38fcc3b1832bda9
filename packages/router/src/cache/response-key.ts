import {
  canonicalJson,
  type GenerateRequest,
  type Model,
  type OutputSchema,
  schemaJson,
  strategyOf,
} from '@tollgate/sdk';

/**
 * Names a request to a model exactly: every field that can change an answer, as the caller wrote it. 64 hexadecimal digits,
 * or undefined where the request cannot be named (a schema that has no JSON), or wants what is not kept (`includeRaw`).
 *
 * A strategy is named by its rules and by all it draws from; what a wrapper changes about requests shows nowhere.
 */
export async function responseKey(model: Model, request: GenerateRequest): Promise<string | undefined> {
  const { signal: _signal, context: _context, includeRaw, sessionKey: _session, ...fields } = request;
  if (includeRaw === true) return undefined;
  const named = namedSchemas(request);
  if (named === undefined) return undefined;
  const text = canonicalJson({
    ...fields,
    ...named,
    samples: request.samples ?? 1,
    model: identityOf(model),
    messages: request.messages.map(({ content, ...message }) => ({
      ...message,
      content: typeof content === 'string' ? [{ type: 'text', text: content }] : content,
    })),
  });
  const digest = new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

interface NamedSchemas {
  readonly output?: unknown;
  readonly tools?: unknown;
}

function namedSchemas({ output, tools }: GenerateRequest): NamedSchemas | undefined {
  try {
    return {
      ...(output !== undefined && { output: named(output, 'output') }),
      ...(tools !== undefined && {
        tools: tools.map((tool) => ({ ...tool, input: named(tool.input, `tools: ${tool.name}`) })),
      }),
    };
  } catch {
    // The model that is asked says what is wrong with it.
    return undefined;
  }
}

function named(schema: OutputSchema, option: string): unknown {
  return { name: schema.name, json: schemaJson(schema, option) };
}

function identityOf(model: Model): unknown {
  const { provider, modelId } = model;
  const plan = strategyOf(model);
  if (plan === undefined) return { provider, modelId };
  const { core, sources, scorers, answer } = plan;
  return {
    provider,
    modelId,
    core: core.name,
    parameters: core.parameters,
    sources: sources.map(identityOf),
    scorers: scorers.map(({ name }) => name),
    answer: answer.name,
  };
}
