import type { GenerateRequest, JsonValue, UsageBound } from '@tollgate/sdk';

/** Kinds of tools that the caller runs: nothing is billed for them but their tokens. */
const callersOwn = /^(?:function|custom|bash|text_editor|computer|memory|apply_patch|shell|local_shell)(?:_|$)/;

/** Raw options that set tools of the provider to work, whose uses no usage reports. */
const switches = ['web_search_options', 'search_parameters', 'mcp_servers'];

/**
 * What a request says of its own price: the tier, speed and region it asks for, and the tools that the provider runs and
 * bills as often as the model likes. Raw options are read too, because they reach the wire.
 */
export function askedOf(request: GenerateRequest, provider: string): Pick<UsageBound, 'asked' | 'units'> {
  const raw = { ...request.providerOptions?.['openai-compatible'], ...request.providerOptions?.[provider] };
  const tier = textOf(raw['service_tier']) ?? request.serviceTier;
  const region = textOf(raw['inference_geo']);
  const tools = Array.isArray(raw['tools']) ? raw['tools'] : [];
  const named = tools.flatMap((tool) => {
    const kind = textOf(typeof tool === 'object' && tool !== null && !Array.isArray(tool) ? tool['type'] : undefined);
    return kind === undefined || callersOwn.test(kind) ? [] : [[kind, Infinity] as const];
  });
  const switched = switches.filter((option) => raw[option] != null).map((option) => [option, Infinity] as const);
  const units = [...named, ...switched];
  return {
    // Nobody is served faster than standard who did not ask for it.
    asked: {
      speed: textOf(raw['speed']) ?? 'standard',
      ...(tier !== undefined && { tier }),
      ...(region !== undefined && { region }),
    },
    ...(units.length > 0 && { units: Object.fromEntries(units) }),
  };
}

/** Whether something was set to work that the provider bills for and does not report. */
export function isBilledUnreported({ units = {} }: Pick<UsageBound, 'units'>): boolean {
  return switches.some((option) => Object.hasOwn(units, option));
}

function textOf(value: JsonValue | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
