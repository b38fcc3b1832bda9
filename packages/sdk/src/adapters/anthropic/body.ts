import { nearestName } from '../../errors/nearest-name.ts';
import type { LeafCall } from '../../leaf/leaf-call.ts';
import type { JsonObject } from '../../spec/json.ts';
import type { Warning } from '../../spec/result.ts';
import { checkRawOptions } from '../../transport/raw-options.ts';
import { writeMessagesRequest } from '../../wire/anthropic-messages/request.ts';
import { fieldsOf } from '../../wire/json-fields.ts';
import { knownModels, modelsAsOf } from './model-table.ts';
import type { AnthropicSettings } from './options.ts';

/** Fields that money was held for, or that the answer is read by. */
const reserved = ['model', 'messages', 'system', 'max_tokens', 'stream'];

/** What is sent, and what of the request it leaves out. */
export interface RequestBody {
  readonly body: JsonObject;
  readonly warnings: readonly Warning[];
}

/**
 * Writes the body of one attempt, raw options last.
 *
 * @throws InvalidOptionError where raw options set a field that the request has an option for.
 */
export function requestBody(settings: AnthropicSettings, { request }: LeafCall): RequestBody {
  const { model, modelId } = settings;
  const { body, warnings } = writeMessagesRequest(request, {
    origin: settings,
    capabilities: model.capabilitiesFor(request),
    traits: model.traits,
  });
  const raw = request.providerOptions?.[settings.provider] ?? {};
  checkRawOptions(raw, reserved);
  return {
    body: { ...body, ...raw, ...outputConfig(body, raw) },
    warnings: model.capabilitiesFor().known === 'assumed' ? [unlisted(modelId), ...warnings] : warnings,
  };
}

/** The one field that several options share: raw fields stand beside those of effort and schema. */
function outputConfig({ output_config: written }: JsonObject, { output_config: raw }: JsonObject): JsonObject {
  if (fieldsOf(written) === undefined || fieldsOf(raw) === undefined) return {};
  return { output_config: { ...(written as JsonObject), ...(raw as JsonObject) } };
}

function unlisted(modelId: string): Warning {
  const near = nearestName(modelId, knownModels);
  const meant = near === undefined ? '' : ` Did you mean "${near}"?`;
  return {
    code: 'assumed',
    option: 'capabilities',
    message: `"${modelId}" is not in the table of models of ${modelsAsOf}; it was asked as one that can do little. Declare what it can do: capabilities.${meant}`,
  };
}
