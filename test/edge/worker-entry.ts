/** What a worker may import: the sdk and its hosted adapters. */
export * as sdk from '@tollgate/sdk';
export { anthropic } from '@tollgate/sdk/anthropic';
export { openai } from '@tollgate/sdk/openai';
export { openaiCompatible } from '@tollgate/sdk/openai-compatible';
