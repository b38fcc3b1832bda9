import { keyReader } from '../../transport/key.ts';

/** Reads the key when it is needed: the option, else the environment. */
export const readKey: ReturnType<typeof keyReader> = keyReader('OPENAI_API_KEY', 'The OpenAI adapter');
