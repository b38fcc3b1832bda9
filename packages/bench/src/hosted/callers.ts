/** Who asks the upstream: the floor, the reference, us, and our peers. Each loads only its own library. */
import http from 'node:http';
import type { Model } from '@tollgate/sdk';

/** One way to ask. */
export interface Caller {
  /** Asks once and gives the text of the answer. */
  call(signal?: AbortSignal): Promise<string>;
  /** Asks once, takes the answer part by part, and gives how many parts with text there were and how long it was. */
  stream(signal?: AbortSignal): Promise<{ readonly parts: number; readonly characters: number }>;
}

const prompt = 'Name a prime between 90 and 100, and say why it is one. '.repeat(18).slice(0, 1000);
const messages = [{ role: 'user' as const, content: prompt }];
const key = 'sk-bench-0123456789';

/** The callers by name; `origin` is the upstream's address with the path that names the answer. */
export const callers: { readonly [name: string]: (origin: string) => Promise<Caller> } = {
  'node:http': async (origin) => nodeHttp(`${origin}/v1/chat/completions`),
  fetch: async (origin) => globalFetch(`${origin}/v1/chat/completions`),
  'tollgate compatible': async (origin) => {
    const { openaiCompatible } = await import('@tollgate/sdk/openai-compatible');
    return ofModel(openaiCompatible('bench-model', { baseUrl: `${origin}/v1`, apiKey: key }));
  },
  'tollgate openai chat': async (origin) => {
    const { openai } = await import('@tollgate/sdk/openai');
    return ofModel(openai('gpt-4.1', { baseUrl: `${origin}/v1`, apiKey: key, api: 'chat' }));
  },
  'tollgate anthropic': async (origin) => {
    const { anthropic } = await import('@tollgate/sdk/anthropic');
    return ofModel(anthropic('claude-haiku-4-5', { baseUrl: origin, apiKey: key }));
  },
  'openai sdk': async (origin) => {
    const { OpenAI } = await import('openai');
    const client = new OpenAI({ baseURL: `${origin}/v1`, apiKey: key, maxRetries: 0 });
    const asked = { model: 'bench-model', messages };
    return {
      call: async (signal) =>
        (await client.chat.completions.create(asked, { signal })).choices[0]?.message.content ?? '',
      stream: async (signal) =>
        counted(
          await client.chat.completions.create({ ...asked, stream: true }, { signal }),
          (chunk) => chunk.choices[0]?.delta.content,
        ),
    };
  },
  'anthropic sdk': async (origin) => {
    const { Anthropic } = await import('@anthropic-ai/sdk');
    const client = new Anthropic({ baseURL: origin, apiKey: key, maxRetries: 0 });
    const asked = { model: 'bench-model', max_tokens: 1024, messages };
    return {
      call: async (signal) => {
        const [block] = (await client.messages.create(asked, { signal })).content;
        return block?.type === 'text' ? block.text : '';
      },
      stream: async (signal) =>
        counted(await client.messages.create({ ...asked, stream: true }, { signal }), (event) =>
          event.type === 'content_block_delta' && event.delta.type === 'text_delta' ? event.delta.text : undefined,
        ),
    };
  },
  'ai sdk': async (origin) => {
    const { generateText, streamText } = await import('ai');
    const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
    const provider = createOpenAICompatible({ name: 'bench', baseURL: `${origin}/v1`, apiKey: key });
    const model = provider.chatModel('bench-model');
    return {
      call: async (abortSignal) =>
        (await generateText({ model, messages, maxRetries: 0, ...(abortSignal && { abortSignal }) })).text,
      stream: async (abortSignal) =>
        counted(
          streamText({ model, messages, maxRetries: 0, ...(abortSignal && { abortSignal }) }).textStream,
          (text) => text,
        ),
    };
  },
};

function ofModel(model: Model): Caller {
  return {
    call: async (signal) => {
      const { candidates } = await model.generate({ messages, ...(signal && { signal }) });
      const [part] = candidates[0]?.content ?? [];
      return part?.type === 'text' ? part.text : '';
    },
    stream: (signal) =>
      counted(model.stream({ messages, ...(signal && { signal }) }), (part) =>
        part.type === 'text-delta' ? part.text : undefined,
      ),
  };
}

async function counted<Part>(
  stream: AsyncIterable<Part>,
  textOf: (part: Part) => string | null | undefined,
): Promise<{ readonly parts: number; readonly characters: number }> {
  let parts = 0;
  let characters = 0;
  for await (const part of stream) {
    const text = textOf(part);
    if (text == null || text === '') continue;
    parts += 1;
    characters += text.length;
  }
  return { parts, characters };
}

interface Chat {
  readonly choices: readonly {
    readonly message?: { readonly content: string };
    readonly delta?: { readonly content?: string };
  }[];
}

const headers = { 'content-type': 'application/json', authorization: `Bearer ${key}` };

/** The least that a program can do with what comes: split the events and parse them. */
function textCounter(): { feed(text: string): void; readonly parts: number; readonly characters: number } {
  let rest = '';
  const counter = {
    parts: 0,
    characters: 0,
    feed(text: string): void {
      const events = (rest + text).split('\n\n');
      rest = events.pop() ?? '';
      for (const event of events) {
        if (event === 'data: [DONE]') continue;
        const content = (JSON.parse(event.slice('data: '.length)) as Chat).choices[0]?.delta?.content;
        if (content === undefined || content === '') continue;
        counter.parts += 1;
        counter.characters += content.length;
      }
    },
  };
  return counter;
}

function globalFetch(url: string): Caller {
  const post = (body: object, signal: AbortSignal | undefined): Promise<Response> =>
    fetch(url, { method: 'POST', headers, body: JSON.stringify(body), ...(signal && { signal }) });
  return {
    call: async (signal) => {
      const response = await post({ model: 'bench-model', messages }, signal);
      return ((await response.json()) as Chat).choices[0]?.message?.content ?? '';
    },
    stream: async (signal) => {
      const { body } = await post({ model: 'bench-model', messages, stream: true }, signal);
      const decoder = new TextDecoder();
      const counter = textCounter();
      for await (const chunk of body ?? []) counter.feed(decoder.decode(chunk, { stream: true }));
      return counter;
    },
  };
}

function nodeHttp(url: string): Caller {
  const agent = new http.Agent({ keepAlive: true, maxFreeSockets: Number.POSITIVE_INFINITY });
  const post = (body: object, signal: AbortSignal | undefined, onText: (text: string) => void): Promise<void> =>
    new Promise((resolve, reject) => {
      const request = http.request(url, { method: 'POST', agent, headers, ...(signal && { signal }) }, (response) => {
        response.setEncoding('utf8').on('data', onText).on('end', resolve).on('error', reject);
      });
      request.on('error', reject).end(JSON.stringify(body));
    });
  return {
    call: async (signal) => {
      let text = '';
      await post({ model: 'bench-model', messages }, signal, (more) => (text += more));
      return (JSON.parse(text) as Chat).choices[0]?.message?.content ?? '';
    },
    stream: async (signal) => {
      const counter = textCounter();
      await post({ model: 'bench-model', messages, stream: true }, signal, (text) => counter.feed(text));
      return counter;
    },
  };
}
