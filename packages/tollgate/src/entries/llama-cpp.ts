export { llamaCpp, type LlamaCppOptions } from '@tollgate/sdk/llama-cpp';
