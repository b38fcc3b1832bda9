import type { SharedV4Warning } from '@ai-sdk/provider';
import type { Warning } from '../../spec/result.ts';

/** A warning of ours as one of the AI SDK. */
export function writeWarning({ code, option, message }: Warning): SharedV4Warning {
  return code === 'unsupported'
    ? { type: 'unsupported', feature: option ?? 'request', details: message }
    : { type: 'other', message };
}

/** A warning of the AI SDK as one of ours. */
export function readWarning(warning: SharedV4Warning): Warning {
  switch (warning.type) {
    case 'unsupported': {
      const { feature, details } = warning;
      return { code: 'unsupported', option: feature, message: details ?? `${feature} is not supported` };
    }
    case 'compatibility': {
      const { feature, details } = warning;
      return { code: 'other', option: feature, message: details ?? `${feature} is emulated` };
    }
    case 'deprecated':
      return { code: 'other', option: warning.setting, message: warning.message };
    case 'other':
      return { code: 'other', message: warning.message };
    default:
      return warning satisfies never;
  }
}
