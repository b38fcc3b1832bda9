import { InvalidOptionError } from '../../errors/invalid-option-error.ts';
import type { Warning } from '../../spec/result.ts';
import type { MemoryNeed } from './memory-need.ts';

/** Where llama.cpp can compute. */
export type LlamaDevice = 'cpu' | 'cuda' | 'vulkan' | 'metal';

const allDevices: readonly LlamaDevice[] = ['cpu', 'cuda', 'vulkan', 'metal'];

/** Where a model computes, and why not elsewhere. */
export interface DeviceReport {
  readonly chosen: LlamaDevice;
  /** Devices that were asked for before it and could not be used, in that order. */
  readonly tried: readonly FailedDevice[];
  /** About what the model takes there, in bytes. */
  readonly memory: MemoryNeed;
}

/** A device that could not be used. */
export interface FailedDevice {
  readonly device: LlamaDevice;
  readonly reason: string;
}

/** The devices to try, in order. */
export function devicesOf(device: LlamaDevice | readonly LlamaDevice[] = 'cpu'): readonly LlamaDevice[] {
  const devices = typeof device === 'string' ? [device] : device;
  const unknown = devices.find((name) => !allDevices.includes(name));
  if (unknown !== undefined || devices.length === 0) {
    throw new InvalidOptionError(
      'device',
      `device must be one of ${allDevices.join(', ')}, or a list of them, received ${unknown === undefined ? 'an empty list' : JSON.stringify(unknown)}.`,
    );
  }
  return devices;
}

/** Uses the first device on which `open` succeeds. Where none is left, its error is the last one's, and names the others. */
export async function onFirstDevice<T>(
  devices: readonly LlamaDevice[],
  open: (device: LlamaDevice) => Promise<T>,
): Promise<{ readonly value: T; readonly chosen: LlamaDevice; readonly tried: readonly FailedDevice[] }> {
  const tried: FailedDevice[] = [];
  for (const [i, device] of devices.entries()) {
    try {
      return { value: await open(device), chosen: device, tried };
    } catch (error) {
      if (i === devices.length - 1) {
        if (tried.length > 0 && error instanceof Error) error.message += ` Before it failed: ${listOf(tried)}.`;
        throw error;
      }
      tried.push({ device, reason: error instanceof Error ? error.message : String(error) });
    }
  }
  throw new InvalidOptionError('device', 'device must name a device, received an empty list.');
}

/** What every result says where a device was asked for and could not be used. */
export function deviceWarnings({ chosen, tried }: DeviceReport): readonly Warning[] {
  if (tried.length === 0) return [];
  return [{ code: 'fallback', option: 'device', message: `Computed on "${chosen}". ${listOf(tried)}` }];
}

function listOf(tried: readonly FailedDevice[]): string {
  return tried.map(({ device, reason }) => `${device}: ${reason}`).join('; ');
}
