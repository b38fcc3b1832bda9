/** Milliseconds of CPU that an import takes in a fresh process. The sdk's own must load no library of a provider. */
import assert from 'node:assert/strict';
import { registerHooks } from 'node:module';

const name = process.argv[2] ?? '';
const loaded: string[] = [];
if (name === '@tollgate/sdk') {
  registerHooks({
    load: (url, context, next) => {
      loaded.push(url);
      return next(url, context);
    },
  });
}
const before = process.cpuUsage();
await import(name);
const { user, system } = process.cpuUsage(before);
console.log((user + system) / 1000);
const providers = /node_modules\/(?:openai|@anthropic-ai|node-llama-cpp|onnxruntime-node|@huggingface|ai|@ai-sdk)\//;
assert.deepEqual(
  loaded.filter((url) => providers.test(url)),
  [],
);
