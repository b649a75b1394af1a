import protobuf from 'protobufjs';

/** Converts the fields of a message to its JSON. Messages among them are converted already. */
type ToJson = (fields: Readonly<Record<string, unknown>>) => unknown;

const unwrap: ToJson = ({ value }) => value;

/** https://protobuf.dev/programming-guides/json/ */
const WELL_KNOWN: ReadonlyMap<string, ToJson> = new Map<string, ToJson>(
  Object.entries<ToJson>({
    Timestamp: ({ seconds, nanos }) => toTime(Number(seconds), Number(nanos)),
    Duration: ({ seconds, nanos }) => toDuration(Number(seconds), Number(nanos)),
    FieldMask: ({ paths }) => String(paths).replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
    Struct: ({ fields }) => fields,
    ListValue: ({ values }) => values,
    Value: (fields) => {
      const [[kind, value] = ['nullValue', null]] = Object.entries(fields);
      return kind === 'nullValue' ? null : value;
    },
    DoubleValue: unwrap,
    FloatValue: unwrap,
    Int64Value: unwrap,
    UInt64Value: unwrap,
    Int32Value: unwrap,
    UInt32Value: unwrap,
    BoolValue: unwrap,
    StringValue: unwrap,
    BytesValue: unwrap,
  }),
);

const PACKAGE = 'google.protobuf';

/** Makes the types of `google.protobuf` write Protobuf's JSON; protobufjs writes their fields. */
export function useWellKnownJson(root: protobuf.Root): void {
  const types = root.lookup(PACKAGE);
  if (!(types instanceof protobuf.Namespace)) return;
  for (const type of types.nestedArray) {
    if (!(type instanceof protobuf.Type)) continue;
    const toJson = WELL_KNOWN.get(type.name);
    // protobufjs generates the function with the first use of a type, and messages that hold the type call what is there.
    type.setup();
    const toFields = type.toObject;
    if (toJson !== undefined)
      replaceToObject(type, (message, options) => toJson(toFields.call(type, message, { ...options, defaults: true })));
    else if (type.name === 'Any')
      replaceToObject(
        type,
        (message, options) => anyToJson(root, message, options) ?? toFields.call(type, message, options),
      );
  }
}

function replaceToObject(
  type: protobuf.Type,
  toObject: (message: protobuf.Message, options?: protobuf.IConversionOptions) => unknown,
): void {
  Object.assign(type, { toObject });
}

/** Null where the message in it is none of the types above: protobufjs can write it. */
function anyToJson(root: protobuf.Root, any: protobuf.Message, options?: protobuf.IConversionOptions): object | null {
  const { type_url: url, value }: Readonly<Record<string, unknown>> = { ...any };
  if (typeof url !== 'string' || !(value instanceof Uint8Array)) return null;
  const [, name = ''] = /\/google\.protobuf\.(\w+)$/.exec(url) ?? [];
  if (!WELL_KNOWN.has(name)) return null;
  const type = root.lookupType(`${PACKAGE}.${name}`);
  return { '@type': url, value: type.toObject(type.decode(value), options) };
}

/** In seconds: 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z. */
const FIRST_TIME = -62_135_596_800;
const LAST_TIME = 253_402_300_799;

function toTime(seconds: number, nanos: number): string {
  if (seconds < FIRST_TIME || seconds > LAST_TIME || nanos < 0 || nanos > 999_999_999)
    throw new Error(`a Timestamp of ${seconds} s and ${nanos} ns is no time of the years 1 to 9999`);
  return `${new Date(seconds * 1_000).toISOString().slice(0, 19)}${fraction(nanos)}Z`;
}

function toDuration(seconds: number, nanos: number): string {
  const sign = seconds < 0 || nanos < 0 ? '-' : '';
  return `${sign}${Math.abs(seconds)}${fraction(Math.abs(nanos))}s`;
}

/** With 3, 6 or 9 digits. */
function fraction(nanos: number): string {
  return nanos === 0
    ? ''
    : `.${String(nanos)
        .padStart(9, '0')
        .replace(/(000){1,2}$/, '')}`;
}
