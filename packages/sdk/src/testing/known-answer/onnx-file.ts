/** Writes ONNX files by hand: the few fields of its protocol buffers that a small graph needs. */

/** Element types of ONNX. */
export const ELEMENT = { float: 1, int64: 7, float16: 10 } as const;

/** An operator. Attributes are whole numbers. */
export interface OnnxNode {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, number>>;
}

/** An operator with one output. */
export function onnxNode(
  op: string,
  inputs: readonly string[],
  output: string | readonly [name: string, attributes: Readonly<Record<string, number>>],
): OnnxNode {
  return typeof output === 'string'
    ? { op, inputs, outputs: [output] }
    : { op, inputs, outputs: [output[0]], attributes: output[1] };
}

/** A named value of a graph's edge. A dimension that is a text varies. */
export interface OnnxValue {
  readonly name: string;
  readonly type: number;
  readonly shape: readonly (number | string)[];
}

/** A constant. */
export interface OnnxConstant {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}

/** A graph, in the order of its computation. */
export interface OnnxGraph {
  readonly nodes: readonly OnnxNode[];
  readonly constants: readonly OnnxConstant[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

const IR_VERSION = 9;
const OPSET_VERSION = 18;
const ATTRIBUTE_INT = 2;

/** The bytes of an ONNX file. */
export function onnxFile({ nodes, constants, inputs, outputs }: OnnxGraph): Uint8Array {
  const graph = [
    ...nodes.map(({ op, inputs: from, outputs: to, attributes = {} }) =>
      field(1, [
        ...from.map((name) => field(1, text(name))),
        ...to.map((name) => field(2, text(name))),
        field(4, text(op)),
        ...Object.entries(attributes).map(([name, value]) =>
          field(5, [field(1, text(name)), number(3, value), number(20, ATTRIBUTE_INT)]),
        ),
      ]),
    ),
    field(2, text('known-answer')),
    ...constants.map(({ name, shape, data }) =>
      field(5, [
        ...shape.map((size) => number(1, size)),
        number(2, data instanceof Float32Array ? ELEMENT.float : ELEMENT.int64),
        field(8, text(name)),
        field(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
      ]),
    ),
    ...inputs.map((value) => field(11, valueInfo(value))),
    ...outputs.map((value) => field(12, valueInfo(value))),
  ];
  return bytesOf([number(1, IR_VERSION), field(7, graph), field(8, [field(1, text('')), number(2, OPSET_VERSION)])]);
}

function valueInfo({ name, type, shape }: OnnxValue): readonly Uint8Array[] {
  const dimensions = shape.map((size) => field(1, typeof size === 'number' ? number(1, size) : field(2, text(size))));
  return [field(1, text(name)), field(2, field(1, [number(1, type), field(2, dimensions)]))];
}

type Content = Uint8Array | readonly Uint8Array[];

function field(id: number, content: Content): Uint8Array {
  const inside = bytesOf(content);
  return bytesOf([varint(id * 8 + 2), varint(inside.length), inside]);
}

function number(id: number, value: number): Uint8Array {
  return bytesOf([varint(id * 8), varint(value)]);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Uint8Array.from([...bytes, Number(rest)]);
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function bytesOf(content: Content): Uint8Array {
  return content instanceof Uint8Array ? content : new Uint8Array(Buffer.concat(content));
}
