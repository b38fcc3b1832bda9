export {
  type BubblewrapOptions,
  bubblewrapSandbox,
  pyodideSandbox,
  quickjsSandbox,
  type SandboxOptions,
} from '@tollgate/verifier/sandbox';
