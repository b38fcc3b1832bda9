import { basename } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import { InvalidOptionError } from '../../errors/invalid-option-error.ts';
import { TollgateError } from '../../errors/tollgate-error.ts';
import { physicalCores } from '../../local/physical-cores.ts';
import type { Warning } from '../../spec/result.ts';
import type { OnnxLibrary } from './libraries.ts';
import type { OnnxDevice, OnnxFileOptions } from './options.ts';

/** A device that did not start. */
export interface FailedDevice {
  readonly device: OnnxDevice;
  readonly reason: string;
}

/** Where a model computes, and why not elsewhere. */
export interface OnnxDeviceReport {
  readonly chosen: OnnxDevice;
  /** Devices that were asked for before it and did not start, in that order. */
  readonly tried: readonly FailedDevice[];
}

/** Loaded weights, and where they compute. */
export interface OpenedSession {
  readonly session: InferenceSession;
  readonly device: OnnxDeviceReport;
}

const devices: readonly OnnxDevice[] = ['cpu', 'cuda', 'webgpu'];

/** The devices to try. @throws InvalidOptionError for an unknown one, and for none. */
export function deviceList({ device = 'cpu' }: Pick<OnnxFileOptions, 'device'>): readonly OnnxDevice[] {
  const list = typeof device === 'string' ? [device] : device;
  const unknown = list.find((name) => !devices.includes(name));
  if (list.length > 0 && unknown === undefined) return list;
  throw new InvalidOptionError(
    'device',
    `device must be one of ${devices.join(', ')} or a list of them, received ${unknown === undefined ? 'an empty list' : `"${unknown}"`}.`,
  );
}

/**
 * Loads weights on the first device that starts.
 *
 * @throws InvalidOptionError naming every device and why it failed; TollgateError `invalid-file` where the file is at fault.
 */
export async function openSession(
  { InferenceSession: factory, env }: OnnxLibrary,
  weights: string,
  options: Pick<OnnxFileOptions, 'device' | 'threads'>,
): Promise<OpenedSession> {
  const tried: FailedDevice[] = [];
  // What fails is thrown; the engine's own lines on stderr would only repeat it. It reads this once, when it starts.
  env.logLevel = 'fatal';
  for (const device of deviceList(options)) {
    try {
      const session = await factory.create(weights, {
        // One at a time: ONNX Runtime throws for a list whose first device is missing.
        executionProviders: [device],
        intraOpNumThreads: options.threads ?? physicalCores(),
        interOpNumThreads: 1,
        logSeverityLevel: 4,
        // Idle threads that spin take the cores from whatever else the process does, and slow the engine itself down.
        extra: { session: { intra_op: { allow_spinning: '0' } } },
      });
      return { session, device: { chosen: device, tried } };
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      if (device === 'cpu') {
        throw new TollgateError(
          'invalid-file',
          `ONNX Runtime could not load "${basename(weights)}": ${reason}. The file may be cut off, or made for a newer ONNX Runtime.`,
          { cause: error },
        );
      }
      tried.push({ device, reason: shortReason(reason) });
    }
  }
  throw new InvalidOptionError(
    'device',
    `No device started: ${tried.map(({ device, reason }) => `${device} (${reason})`).join('; ')}. Add 'cpu' to device, or install what the device needs.`,
  );
}

/** Without the engine's own source files and conditions. */
function shortReason(reason: string): string {
  return (reason.split('\n')[0] ?? '').replace(/^\/\S+:\d+ .* was false\. /, '');
}

/** What every result says where a device was asked for and did not start. */
export function fallbackWarnings({ chosen, tried }: OnnxDeviceReport): readonly Warning[] {
  return tried.map(({ device, reason }) => ({
    code: 'fallback',
    option: 'device',
    message: `The device "${device}" did not start (${reason}); "${chosen}" computes instead.`,
  }));
}
