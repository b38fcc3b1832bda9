import type { ToolCallPart } from '../../spec/content.ts';
import type { JsonObject, JsonValue } from '../../spec/json.ts';
import { readToolInput } from '../../wire/tool-input.ts';
import { argumentsMarker, pythonTag, type ToolFormat } from './tool-formats.ts';

/** A call as it was written. */
export type ReadCall = Pick<ToolCallPart, 'toolName' | 'input' | 'invalid'>;

/** JSON Schemas of arguments by the name of the tool. */
export type ToolSchemas = ReadonlyMap<string, JsonObject>;

/** Reads what stands between the markers of a format: one call, or several. What is not JSON becomes a call that says so. */
export function readCalls(body: string, format: ToolFormat, schemas: ToolSchemas): readonly ReadCall[] {
  const text = body
    .replace(pythonTag, '')
    .trim()
    .replace(/^```(?:json)?\s*([\s\S]*?)\s*(?:```)?$/, '$1');
  switch (format.body) {
    case 'tags':
      return taggedCalls(text, schemas);
    case 'named': {
      const at = text.indexOf(argumentsMarker);
      const name = (at < 0 ? text : text.slice(0, at)).replace(/\[CALL_ID\].*$/s, '').trim();
      return [{ toolName: name, ...readToolInput(at < 0 ? '' : text.slice(at + argumentsMarker.length)) }];
    }
    case 'list':
    case 'object':
      return jsonCalls(text);
    default:
      return format.body satisfies never;
  }
}

/** The objects in a text that has nothing else but marks between them; undefined where there is more. */
export function objectsIn(text: string): readonly string[] | undefined {
  const objects: string[] = [];
  let from = -1;
  let depth = 0;
  let isString = false;
  for (let i = 0; i < text.length; i += 1) {
    const character = text[i] ?? '';
    if (isString) {
      if (character === '\\') i += 1;
      else if (character === '"') isString = false;
    } else if (character === '{') {
      if (depth === 0) from = i;
      depth += 1;
    } else if (character === '}' && depth > 0) {
      depth -= 1;
      if (depth === 0) objects.push(text.slice(from, i + 1));
    } else if (depth === 0) {
      if (!/[\s,;[\]]/.test(character)) return undefined;
    } else if (character === '"') isString = true;
  }
  if (depth > 0) objects.push(text.slice(from));
  return objects;
}

function jsonCalls(text: string): readonly ReadCall[] {
  const objects = objectsIn(text);
  return objects === undefined || objects.length === 0 ? [brokenCall(text)] : objects.map(jsonCall);
}

function jsonCall(text: string): ReadCall {
  let value: JsonObject;
  try {
    value = JSON.parse(text) as JsonObject;
  } catch {
    return brokenCall(text);
  }
  const { name } = value;
  if (typeof name !== 'string') return { toolName: '', input: value, invalid: 'The call names no tool.' };
  const input: JsonValue = value['arguments'] ?? value['parameters'] ?? {};
  return { toolName: name, ...(typeof input === 'string' ? readToolInput(input) : { input }) };
}

/** What can be had of a call that is not JSON: its name, and its arguments as they were written. */
function brokenCall(text: string): ReadCall {
  const toolName = /"name"\s*:\s*"([^"]*)"/.exec(text)?.[1] ?? '';
  const written = /"(?:arguments|parameters)"\s*:\s*([\s\S]*)$/.exec(text)?.[1] ?? text;
  try {
    JSON.parse(text);
  } catch (error) {
    return { toolName, input: written, invalid: error instanceof Error ? error.message : String(error) };
  }
  return { toolName, input: written, invalid: 'The call is not an object with a name and arguments.' };
}

function taggedCalls(text: string, schemas: ToolSchemas): readonly ReadCall[] {
  const calls = [...text.matchAll(/<function=([^>\n]+)>([\s\S]*?)(?:<\/function>|$)/g)].map(
    ([, name = '', body = '']) => {
      const schema = schemas.get(name);
      const input: { [parameter: string]: JsonValue } = {};
      for (const [, parameter = '', value = ''] of body.matchAll(
        /<parameter=([^>\n]+)>\n?([\s\S]*?)\n?<\/parameter>/g,
      )) {
        input[parameter] = typedValue(value, propertyOf(schema, parameter));
      }
      return { toolName: name, input };
    },
  );
  return calls.length > 0 ? calls : [{ toolName: '', input: text, invalid: 'The call names no function.' }];
}

/** Values stand as plain text: what its schema calls a string stays one. */
function typedValue(text: string, schema: JsonValue | undefined): JsonValue {
  if (
    typeof schema === 'object' &&
    schema !== null &&
    !Array.isArray(schema) &&
    (schema as JsonObject)['type'] === 'string'
  )
    return text;
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}

function propertyOf(schema: JsonObject | undefined, name: string): JsonValue | undefined {
  const properties = schema?.['properties'];
  return typeof properties === 'object' && properties !== null && !Array.isArray(properties)
    ? (properties as JsonObject)[name]
    : undefined;
}
