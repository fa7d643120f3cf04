#!/usr/bin/env python3
"""Writes and shows .npy files for the black-box cases.

usage: npy.py write FILE DTYPE SHAPE [VALUE]...
       npy.py write-fortran FILE DTYPE SHAPE [VALUE]...
       npy.py show FILE                           type, shape and values

DTYPE is NumPy's: "<f4", "|i1", ">i2". SHAPE is "1,3", or "" for a scalar.
Values are repeated until the shape is full.
"""
import sys

import numpy


def write(path, dtype, shape, values, fortran):
    dims = tuple(int(dim) for dim in shape.split(",") if dim)
    array = numpy.resize(numpy.array(values or ["0"], float), dims).astype(dtype)
    with open(path, "wb") as file:
        # numpy.save() does not say "Fortran" where both orders are the same.
        numpy.lib.format.write_array_header_1_0(file, {
            "descr": array.dtype.str, "fortran_order": fortran, "shape": dims})
        file.write(array.tobytes("F" if fortran else "C"))


def show(path):
    array = numpy.load(path)
    print(array.dtype.str, array.shape,
          *("%.5g" % value if array.dtype.kind == "f" else value
            for value in array.flat))


def main():
    action, path, *rest = sys.argv[1:]
    if action == "show":
        show(path)
    else:
        write(path, rest[0], rest[1], rest[2:], action == "write-fortran")


if __name__ == "__main__":
    main()
