/** What is used of Emscripten's file system in memory. */
export interface MemoryFiles {
  readonly filesystems: { readonly MEMFS: { readonly ops_table: { readonly file: FileOperations } } };
  readonly ErrnoError: new (code: number) => Error;
  readonly streams: ({ fd: number | null } | null)[];
  currentPath: string;
  ignorePermissions: boolean;
  lookupPath(path: string): { readonly node: FileNode };
  readdir(path: string): readonly string[];
  lstat(path: string): { readonly mode: number };
  isDir(mode: number): boolean;
  unlink(path: string): void;
  rmdir(path: string): void;
}

interface FileOperations {
  readonly node: { setattr: (node: FileNode, changes: { readonly size?: number }) => void };
  readonly stream: { write: (...args: WriteArguments) => number };
}

type WriteArguments = readonly [
  stream: { readonly node: FileNode },
  buffer: unknown,
  offset: number,
  length: number,
  position: number,
];

interface FileNode {
  mode: number;
  node_ops: Record<string, unknown>;
  stream_ops: Record<string, unknown>;
  /** Of a regular file. */
  readonly usedBytes?: number;
}

/** The one folder in which a program may write. */
const writable = '/tmp';
const readOnlyFileSystem = 69;
const noSpace = 51;
const changes = ['setattr', 'mknod', 'rename', 'unlink', 'rmdir', 'symlink'];

/** The files of an interpreter between programs. */
export interface SealedFiles {
  /** Lets the next program write so many bytes. */
  allow(bytes: number): void;
  /** Puts everything back as it was when it was sealed. Throws where that fails: these files are of no more use. */
  reset(): void;
}

/** Makes every file that is there now read-only, and bounds what is written from now on. */
export function sealFiles(files: MemoryFiles): SealedFiles {
  const refuse = (): never => {
    throw new files.ErrnoError(readOnlyFileSystem);
  };
  const refused = (names: readonly string[]): Record<string, unknown> =>
    Object.fromEntries(names.map((name) => [name, refuse]));
  const seal = (path: string): void => {
    const { node } = files.lookupPath(path);
    if (path !== writable) node.mode &= ~0o222;
    node.node_ops = { ...node.node_ops, ...refused(path === writable ? ['setattr'] : changes) };
    if (node.usedBytes !== undefined) node.stream_ops = { ...node.stream_ops, ...refused(['write', 'msync']) };
    if (files.isDir(node.mode)) for (const child of childrenOf(files, path)) seal(child);
  };
  let bytesLeft = 0;
  const grow = (file: FileNode, bytes: number): void => {
    bytesLeft -= Math.max(0, bytes - (file.usedBytes ?? 0));
    if (bytesLeft < 0) throw new files.ErrnoError(noSpace);
  };
  const { node, stream } = files.filesystems.MEMFS.ops_table.file;
  const { setattr } = node;
  const { write } = stream;
  seal('/');
  // Of the table that files made from now on take theirs from.
  node.setattr = (file, attributes) => {
    grow(file, attributes.size ?? 0);
    setattr(file, attributes);
  };
  stream.write = (...args) => {
    const [{ node: file }, , , length, position] = args;
    grow(file, position + length);
    return write(...args);
  };
  const streams = [...files.streams];
  return {
    allow: (bytes) => {
      bytesLeft = bytes;
    },
    reset: () => {
      files.streams.splice(0, files.streams.length, ...streams);
      // A stream that was closed has lost its number.
      for (const [fd, each] of streams.entries()) if (each != null) each.fd = fd;
      files.currentPath = writable;
      // Or a folder that was locked could not be emptied.
      files.ignorePermissions = true;
      for (const path of childrenOf(files, writable)) remove(files, path);
      files.ignorePermissions = false;
    },
  };
}

function childrenOf(files: MemoryFiles, path: string): readonly string[] {
  const names = files.readdir(path).filter((name) => name !== '.' && name !== '..');
  return names.map((name) => (path === '/' ? `/${name}` : `${path}/${name}`));
}

function remove(files: MemoryFiles, path: string): void {
  if (!files.isDir(files.lstat(path).mode)) {
    files.unlink(path);
    return;
  }
  for (const child of childrenOf(files, path)) remove(files, child);
  files.rmdir(path);
}
