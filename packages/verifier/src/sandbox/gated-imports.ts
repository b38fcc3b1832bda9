/** A function that WebAssembly imports; Emscripten's carry notes on themselves. */
type ImportedFunction = (...args: number[]) => unknown;

/** What a program may call: files in memory, clocks, random bytes, and the compiler's own plumbing. */
const allowed = new Set([
  ...words(`__assert_fail emscripten_date_now emscripten_get_now emscripten_get_heap_max saveState restoreState
    _Py_emscripten_runtime _Py_CheckEmscriptenSignals_Helper _PyEM_TrampolineCall_JS __call_sighandler
    __hiwire_deduplicate_new _emscripten_get_progname _mmap_js _munmap_js _msync_js
    _tzset_js _timegm_js _mktime_js _localtime_js _gmtime_js clock_res_get clock_time_get
    environ_get environ_sizes_get random_get
    fd_close fd_read fd_write fd_sync fd_fdstat_get fd_seek fd_pread fd_pwrite`),
  ...words(`openat faccessat chdir fchdir getcwd dup dup3 fcntl64 ioctl fdatasync fstat64 stat64 newfstatat lstat64
    ftruncate64 truncate64 getdents64 mkdirat poll fadvise64 fallocate readlinkat unlinkat rmdir renameat statfs64
    fstatfs64 symlinkat utimensat chmod fchmod fchmodat2`).map((name) => `__syscall_${name}`),
]);

/** WASI's number for an operation that is not permitted. */
const notPermitted = -63;
/** No name can be looked up. */
const lookupFailed = -4;

/**
 * Replaces, in place, what WebAssembly would import: other system calls are not permitted, memory grows up to `memoryBytes()`,
 * and anything else (JavaScript, dynamic libraries, an exit) goes to `refuse`, which must not return.
 */
export function gateImports(
  imports: Record<string, unknown>,
  { memoryBytes, refuse }: { readonly memoryBytes: () => number; readonly refuse: (name: string) => never },
): void {
  for (const [name, original] of Object.entries(imports)) {
    if (typeof original !== 'function' || allowed.has(name) || name.startsWith('invoke_')) continue;
    // Object.assign: signatures are kept on the functions.
    imports[name] = Object.assign(gateFor(name, original as ImportedFunction), original);
  }

  function gateFor(name: string, original: ImportedFunction): ImportedFunction {
    if (name === 'emscripten_resize_heap') return (bytes = 0) => (bytes >>> 0 > memoryBytes() ? 0 : original(bytes));
    if (name === 'getaddrinfo' || name === 'getnameinfo') return () => lookupFailed;
    // Sockets are asked first, and there are none.
    if (name.startsWith('_maybe_')) return () => null;
    if (name.startsWith('_try_')) return () => 0;
    return name.startsWith('__syscall_') ? () => notPermitted : () => refuse(name);
  }
}

function words(text: string): readonly string[] {
  return text.split(/\s+/);
}
