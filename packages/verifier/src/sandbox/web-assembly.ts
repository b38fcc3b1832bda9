/** A memory of WebAssembly, in pages of 65,536 bytes. */
export interface WebAssemblyMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** What is used of the global `WebAssembly`, which Node's types leave out. */
interface WebAssemblyApi {
  compile(bytes: Uint8Array): Promise<object>;
  readonly Instance: new (module: object, imports: object) => object;
  readonly Memory: new (pages: { readonly initial: number; readonly maximum: number }) => WebAssemblyMemory;
}

export const webAssembly = Reflect.get(globalThis, 'WebAssembly') as WebAssemblyApi;
