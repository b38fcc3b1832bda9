import { afterEach, describe, expect, it, vi } from 'vitest';
import { importJinja, importOnnxRuntime, importTokenizers } from './libraries.ts';

afterEach(() => {
  vi.doUnmock('onnxruntime-node');
  vi.doUnmock('@huggingface/tokenizers');
  vi.doUnmock('@huggingface/jinja');
});

describe('a library that is not installed', () => {
  it.each([
    ['onnxruntime-node', importOnnxRuntime],
    ['@huggingface/tokenizers', importTokenizers],
    ['@huggingface/jinja', importJinja],
  ])('%s is named, with what to do', async (library, load: () => Promise<unknown>) => {
    vi.doMock(library, () => {
      throw new Error('not found');
    });
    await expect(load()).rejects.toMatchObject({
      code: 'missing-library',
      library,
      message: `The ONNX adapter needs the package "${library}". Install it: npm install ${library}`,
    });
  });
});
