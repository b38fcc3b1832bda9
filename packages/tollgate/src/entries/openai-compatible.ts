export { openaiCompatible, type OpenaiCompatibleOptions } from '@tollgate/sdk/openai-compatible';
