/** tar.gz and zip, as krew takes them: written here, so that the bytes are the same on every machine that packs them. */
import {crc32, deflateRawSync, gzipSync} from 'node:zlib';

export interface ArchivedFile {
  readonly name: string;
  readonly content: Buffer;
  readonly executable: boolean;
}

const BLOCK = 512;
/** 1980-01-01, the first day that a zip can name; in both formats, whatever the machine's clock and zone. */
const MOMENT = 315_532_800;
const DOS_DATE = 0x0021;

const octal = (value: number, width: number): string => `${value.toString(8).padStart(width - 1, '0')}\0`;

const mode = ({executable}: ArchivedFile): number => (executable ? 0o755 : 0o644);

/** POSIX ustar. The checksum is taken with its own field full of spaces. */
const tarHeader = (file: ArchivedFile): Buffer => {
  const header = Buffer.alloc(BLOCK);
  if (Buffer.byteLength(file.name) > 100) throw new Error(`${file.name}: longer than a ustar name`);
  header.write(file.name, 0);
  header.write(octal(mode(file), 8), 100);
  header.write(octal(0, 8), 108);
  header.write(octal(0, 8), 116);
  header.write(octal(file.content.length, 12), 124);
  header.write(octal(MOMENT, 12), 136);
  header.write(' '.repeat(8), 148);
  header.write('0', 156);
  header.write('ustar\u000000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
};

export const tarGz = (files: readonly ArchivedFile[]): Buffer => {
  const blocks = files.flatMap((file) => [
    tarHeader(file),
    file.content,
    Buffer.alloc((BLOCK - (file.content.length % BLOCK)) % BLOCK),
  ]);
  const packed = gzipSync(Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]), {level: 9});
  // zlib names the system that packed it in the tenth byte; 255 is "unknown".
  packed[9] = 255;
  return packed;
};

const MADE_BY_UNIX = 3 << 8;
const VERSION = 20;
const DEFLATED = 8;

interface Entry {
  readonly file: ArchivedFile;
  readonly packed: Buffer;
  readonly offset: number;
}

/** The fields that a local header and the central directory have in common. */
const zipFields = ({file, packed}: Pick<Entry, 'file' | 'packed'>): Buffer => {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(VERSION, 0);
  fields.writeUInt16LE(0x0800, 2); // names are UTF-8
  fields.writeUInt16LE(DEFLATED, 4);
  fields.writeUInt16LE(0, 6);
  fields.writeUInt16LE(DOS_DATE, 8);
  fields.writeUInt32LE(crc32(file.content), 10);
  fields.writeUInt32LE(packed.length, 14);
  fields.writeUInt32LE(file.content.length, 18);
  fields.writeUInt16LE(Buffer.byteLength(file.name), 22);
  return fields;
};

const signed = (signature: number, ...parts: readonly Buffer[]): Buffer => {
  const mark = Buffer.alloc(4);
  mark.writeUInt32LE(signature);
  return Buffer.concat([mark, ...parts]);
};

const centralEntry = ({file, packed, offset}: Entry): Buffer => {
  const madeBy = Buffer.alloc(2);
  madeBy.writeUInt16LE(MADE_BY_UNIX | VERSION);
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE((0o100_000 | mode(file)) * 0x1_0000, 6);
  rest.writeUInt32LE(offset, 10);
  return signed(0x02014b50, madeBy, zipFields({file, packed}), rest, Buffer.from(file.name));
};

export const zip = (files: readonly ArchivedFile[]): Buffer => {
  const bodies: Buffer[] = [];
  const entries: Entry[] = [];
  let offset = 0;
  for (const file of files) {
    const packed = deflateRawSync(file.content, {level: 9});
    const body = Buffer.concat([signed(0x04034b50, zipFields({file, packed}), Buffer.from(file.name)), packed]);
    entries.push({file, packed, offset});
    bodies.push(body);
    offset += body.length;
  }
  const central = Buffer.concat(entries.map(centralEntry));
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...bodies, central, signed(0x06054b50, end)]);
};
