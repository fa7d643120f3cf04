#!/usr/bin/env python3
"""Checks the model array inside an object file (ELF, any little-endian CPU).

usage: check_object.py OBJECT MODEL ARRAY [LENGTH]

The symbol ARRAY must hold exactly the bytes of the file MODEL, in read-only
data, aligned to 16 bytes; the symbol LENGTH, if given, their number.
"""
import struct
import sys

SHT_SYMTAB = 2
SHF_WRITE = 1


def text_at(table, offset):
    return table[offset:table.index(b"\0", offset)].decode()


class Elf:
    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = file.read()
        if self.data[:4] != b"\x7fELF" or self.data[5] != 1:
            sys.exit(f"{path} is not a little-endian ELF file")
        self.wide = self.data[4] == 2
        if self.wide:
            offset, = struct.unpack_from("<Q", self.data, 0x28)
            size, count, names = struct.unpack_from("<HHH", self.data, 0x3A)
        else:
            offset, = struct.unpack_from("<I", self.data, 0x20)
            size, count, names = struct.unpack_from("<HHH", self.data, 0x2E)
        self.sections = [self.section(offset + i * size) for i in range(count)]
        names = self.content(self.sections[names])
        for section in self.sections:
            section["name"] = text_at(names, section["name"])

    def section(self, at):
        form = "<IIQQQQIIQQ" if self.wide else "<10I"
        keys = ("name", "type", "flags", "address", "offset", "size", "link",
                "info", "alignment", "entry_size")
        return dict(zip(keys, struct.unpack_from(form, self.data, at)))

    def content(self, section):
        return self.data[section["offset"]:section["offset"] + section["size"]]

    def symbol(self, wanted):
        for section in self.sections:
            if section["type"] != SHT_SYMTAB:
                continue
            table = self.content(section)
            names = self.content(self.sections[section["link"]])
            for at in range(0, len(table), section["entry_size"]):
                if self.wide:
                    name, _, _, index, value, size = struct.unpack_from(
                        "<IBBHQQ", table, at)
                else:
                    name, value, size, _, _, index = struct.unpack_from(
                        "<IIIBBH", table, at)
                if text_at(names, name) == wanted and 0 < index < 0xFF00:
                    return self.sections[index], value, size
        sys.exit(f"there is no symbol {wanted}")


def require(condition, message):
    if not condition:
        sys.exit(message)


def read_only(section, symbol):
    require(section["name"].startswith(".rodata"),
            f"{symbol} is in {section['name']}, not in .rodata")
    require(not section["flags"] & SHF_WRITE, f"{symbol} is writable")


def main():
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    elf = Elf(sys.argv[1])
    with open(sys.argv[2], "rb") as file:
        model = file.read()
    section, value, size = elf.symbol(sys.argv[3])
    read_only(section, sys.argv[3])
    require(size == len(model), f"{size} bytes instead of {len(model)}")
    require(elf.content(section)[value:value + size] == model,
            "the bytes differ from the model's")
    require(section["alignment"] % 16 == 0 and value % 16 == 0,
            "the array is not aligned to 16 bytes")
    if len(sys.argv) == 5:
        section, value, size = elf.symbol(sys.argv[4])
        read_only(section, sys.argv[4])
        require(size == 4, f"the length has {size} bytes")
        length, = struct.unpack_from("<I", elf.content(section), value)
        require(length == len(model), f"the length says {length}")


if __name__ == "__main__":
    main()
