#!/usr/bin/env python3
"""Writes and shows .npy files for the black-box cases.

usage: npy.py write FILE DESCR SHAPE [VALUE]...   as NumPy would write it
       npy.py write-fortran FILE DESCR SHAPE [VALUE]...
       npy.py show FILE                           shape, type and values

DESCR is NumPy's: "<f4", "|i1", ">i2". SHAPE is "1,3", or "" for a scalar.
Values are repeated until the shape is full.
"""
import ast
import itertools
import struct
import sys

CODES = {"f4": "f", "f8": "d", "i1": "b", "u1": "B", "i2": "h", "i4": "i",
         "i8": "q", "b1": "?"}


def write(path, descr, shape, values, fortran):
    dims = tuple(int(dim) for dim in shape.split(",") if dim)
    count = 1
    for dim in dims:
        count *= dim
    code = CODES[descr[1:]]
    cast = float if code in "fd" else int
    data = struct.pack(
        "%s%d%s" % (">" if descr[0] == ">" else "<", count, code),
        *itertools.islice(itertools.cycle(map(cast, values or ["0"])), count))
    header = "{'descr': '%s', 'fortran_order': %s, 'shape': %r, }" % (
        descr, fortran, dims)
    header += " " * (-(len(header) + 11) % 64) + "\n"
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\x00" + struct.pack("<H", len(header)) +
                   header.encode() + data)


def show(path):
    with open(path, "rb") as file:
        content = file.read()
    (size,) = struct.unpack("<H", content[8:10])
    header = ast.literal_eval(content[10:10 + size].decode())
    data = content[10 + size:]
    code = CODES[header["descr"][1:]]
    values = struct.unpack("<%d%s" % (len(data) // struct.calcsize(code), code),
                           data)
    print(header["descr"], header["shape"],
          *("%.5g" % v if code in "fd" else v for v in values))


def main():
    action, path, *rest = sys.argv[1:]
    if action == "show":
        show(path)
    else:
        write(path, rest[0], rest[1], rest[2:], action == "write-fortran")


if __name__ == "__main__":
    main()
