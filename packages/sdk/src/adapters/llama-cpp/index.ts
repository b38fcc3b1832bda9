export { llamaCpp } from './llama-cpp.ts';
export type { LlamaCppOptions } from './options.ts';
