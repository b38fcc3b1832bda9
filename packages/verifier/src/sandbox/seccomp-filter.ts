import { arch } from 'node:os';
import { TollgateError } from '@tollgate/sdk';

/** Numbers of system calls by architecture, and how the kernel names the architecture. */
interface SystemCalls {
  readonly audit: number;
  /** `clone`, which makes threads too. */
  readonly clone: number;
  /** Its arguments lie in memory, where a filter cannot look: programs are told that there is none, and take `clone`. */
  readonly clone3: number;
  readonly denied: readonly number[];
}

const known: Readonly<Record<string, SystemCalls>> = {
  x64: {
    audit: 0xc000003e,
    clone: 56,
    clone3: 435,
    // fork, vfork; ptrace, process_vm_readv, process_vm_writev; unshare, setns, mount, umount2 and the newer calls to mount;
    // keys, perf_event_open, bpf, userfaultfd, io_uring.
    denied: numbers(
      '57 58',
      '101 310 311',
      '272 308 165 166 428 429 430 431 432 433',
      '248 249 250 298 321 323 425 426 427',
    ),
  },
  arm64: {
    audit: 0xc00000b7,
    clone: 220,
    clone3: 435,
    // The same, without fork and vfork, which are not there.
    denied: numbers('117 270 271', '97 268 40 39 428 429 430 431 432 433', '217 218 219 241 280 282 425 426 427'),
  },
};

/** Of `struct seccomp_data`: where the number of the call, the architecture and the first argument are. */
const offsets = { number: 0, architecture: 4, firstArgument: 16 };
const load = 0x20;
const jumpIfEqual = 0x15;
const jumpIfAtLeast = 0x35;
const jumpIfSet = 0x45;
const giveBack = 0x06;
const allow = 0x7fff0000;
const killProcess = 0x80000000;
const errno = (code: number): number => 0x00050000 | code;
const cloneThread = 0x10000;
/** Calls of the x32 interface, which has numbers of its own. */
const x32 = 0x40000000;

type Instruction = readonly [code: number, value: number, ifTrue?: number, ifFalse?: number];

/**
 * A filter for the kernel, in its own bytecode: threads may be made and processes may not; nothing may trace, mount, or enter
 * another namespace.
 *
 * @throws TollgateError with code `sandbox-unavailable` on other processors than x64 and arm64.
 */
export function seccompFilter(): Uint8Array {
  const calls = known[arch()];
  if (calls === undefined) {
    throw new TollgateError('sandbox-unavailable', `bubblewrapSandbox knows x64 and arm64, and this is ${arch()}.`);
  }
  const { audit, clone, clone3, denied } = calls;
  const program: readonly Instruction[] = [
    [load, offsets.architecture],
    [jumpIfEqual, audit, 1, 0],
    [giveBack, killProcess],
    [load, offsets.number],
    ...(arch() === 'x64'
      ? ([
          [jumpIfAtLeast, x32, 0, 1],
          [giveBack, killProcess],
        ] as const)
      : []),
    [jumpIfEqual, clone3, 0, 1],
    [giveBack, errno(38)],
    ...denied.flatMap((number): readonly Instruction[] => [
      [jumpIfEqual, number, 0, 1],
      [giveBack, errno(1)],
    ]),
    [jumpIfEqual, clone, 1, 0],
    [giveBack, allow],
    [load, offsets.firstArgument],
    [jumpIfSet, cloneThread, 1, 0],
    [giveBack, errno(1)],
    [giveBack, allow],
  ];
  const bytes = new DataView(new ArrayBuffer(program.length * 8));
  for (const [i, [code, value, ifTrue = 0, ifFalse = 0]] of program.entries()) {
    bytes.setUint16(i * 8, code, true);
    bytes.setUint8(i * 8 + 2, ifTrue);
    bytes.setUint8(i * 8 + 3, ifFalse);
    bytes.setUint32(i * 8 + 4, value >>> 0, true);
  }
  return new Uint8Array(bytes.buffer);
}

function numbers(...groups: readonly string[]): readonly number[] {
  return groups.flatMap((group) => group.split(' ').map(Number));
}
