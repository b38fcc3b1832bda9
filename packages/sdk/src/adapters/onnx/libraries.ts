import type * as Jinja from '@huggingface/jinja';
import type * as Tokenizers from '@huggingface/tokenizers';
import type * as OnnxRuntime from 'onnxruntime-node';
import { MissingLibraryError } from '../../errors/missing-library-error.ts';

/** What of ONNX Runtime is used. */
export type OnnxLibrary = Pick<typeof OnnxRuntime, 'InferenceSession' | 'Tensor' | 'env'>;

/** @throws MissingLibraryError */
export function importOnnxRuntime(): Promise<OnnxLibrary> {
  return needed('onnxruntime-node', () => import('onnxruntime-node'));
}

/** @throws MissingLibraryError */
export function importTokenizers(): Promise<typeof Tokenizers> {
  return needed('@huggingface/tokenizers', () => import('@huggingface/tokenizers'));
}

/** @throws MissingLibraryError */
export function importJinja(): Promise<typeof Jinja> {
  return needed('@huggingface/jinja', () => import('@huggingface/jinja'));
}

async function needed<T>(library: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    throw new MissingLibraryError(library, 'The ONNX adapter', { cause: error });
  }
}
