"""Rewrites the index of a checkpoint with blocks that are compressed with snappy, as early versions of TensorFlow did."""
import shutil
import struct

from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import masked_crc32c

FOOTER = 48


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes(out + bytes([value]))


def read_varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def snappy(data):
    """A small compressor: literals, and copies of up to 64 bytes from up to 65535 bytes before."""
    out, seen, start, at = bytearray(varint(len(data))), {}, 0, 0

    def literal(end):
        if end > start:
            length = end - start - 1
            out.extend(bytes([length << 2]) if length < 60 else bytes([61 << 2]) + struct.pack("<H", length))
            out.extend(data[start:end])

    while at + 4 <= len(data):
        before = seen.get(data[at : at + 4])
        seen[data[at : at + 4]] = at
        if before is None or at - before > 0xFFFF:
            at += 1
            continue
        length = 4
        while length < 64 and at + length < len(data) and data[at + length] == data[before + length]:
            length += 1
        literal(at)
        out.extend(bytes([(length - 1) << 2 | 2]) + struct.pack("<H", at - before))
        start = at = at + length
    literal(len(data))
    return bytes(out)


def entries(block):
    (restarts,) = struct.unpack("<I", block[-4:])
    at, end, key = 0, len(block) - 4 * (restarts + 1), b""
    while at < end:
        shared, at = read_varint(block, at)
        unshared, at = read_varint(block, at)
        size, at = read_varint(block, at)
        key = key[:shared] + block[at : at + unshared]
        yield key, block[at + unshared : at + unshared + size]
        at += unshared + size


def make_block(pairs):
    out, restarts = bytearray(), []
    for key, value in pairs:
        restarts.append(len(out))
        out.extend(varint(0) + varint(len(key)) + varint(len(value)) + key + value)
    restarts = restarts or [0]
    return bytes(out) + b"".join(struct.pack("<I", restart) for restart in [*restarts, len(restarts)])


def compress_index(prefix, target):
    """Copies the checkpoint of one data file `prefix` to `target`, with a compressed index."""
    with open(f"{prefix}.index", "rb") as file:
        table = file.read()

    def handle(data, at=0):
        offset, at = read_varint(data, at)
        size, at = read_varint(data, at)
        return offset, size, at

    _, _, at = handle(table[-FOOTER:])
    offset, size, _ = handle(table[-FOOTER:], at)
    out = bytearray()

    def append(block):
        content = snappy(block)
        position = varint(len(out)) + varint(len(content))
        out.extend(content + b"\x01" + struct.pack("<I", masked_crc32c(content + b"\x01")))
        return position

    index = []
    for key, value in entries(table[offset : offset + size]):
        block_offset, block_size, _ = handle(value)
        assert table[block_offset + block_size] == 0, "already compressed"
        index.append((key, append(table[block_offset : block_offset + block_size])))
    handles = append(make_block([])) + append(make_block(index))
    out.extend(handles + bytes(FOOTER - 8 - len(handles)) + table[-8:])
    with open(f"{target}.index", "wb") as file:
        file.write(out)
    shutil.copy(f"{prefix}.data-00000-of-00001", f"{target}.data-00000-of-00001")
