#!/usr/bin/env python3
"""Compares schema/tflite.fbs with another writing of the TFLite format.

    scripts/check_schema.py path/to/upstream/schema.fbs

Both are compiled by flatc to binary schemas, printed as JSON, and compared by
table, field, number, type, default, alignment and enum value; names of
namespaces, comments and order do not count. Prints the differences; exit
status 1 if there are any. The attribute `deprecated` on enum values, which
flatc 2.0.8 does not take, is removed before compiling.
"""

import json
import os
import re
import subprocess
import sys
import tempfile

# flatbuffers/reflection.fbs is not installed by Debian; this is the part of it
# that is compared. Field order is that of the public format.
REFLECTION = """
namespace reflection;
enum BaseType : byte { None, UType, Bool, Byte, UByte, Short, UShort, Int,
  UInt, Long, ULong, Float, Double, String, Vector, Obj, Union, Array,
  MaxBaseType }
table Type { base_type:BaseType; element:BaseType = None; index:int = -1;
  fixed_length:uint16; base_size:uint = 4; element_size:uint; }
table KeyValue { key:string; value:string; }
table EnumVal { name:string; value:long; object:Object (deprecated);
  union_type:Type; documentation:[string]; }
table Enum { name:string; values:[EnumVal]; is_union:bool;
  underlying_type:Type; attributes:[KeyValue]; documentation:[string];
  declaration_file:string; }
table Field { name:string; type:Type; id:ushort; offset:ushort;
  default_integer:long; default_real:double; deprecated:bool; required:bool;
  key:bool; attributes:[KeyValue]; documentation:[string]; optional:bool;
  padding:uint16; }
table Object { name:string; fields:[Field]; is_struct:bool; minalign:int;
  bytesize:int; attributes:[KeyValue]; documentation:[string];
  declaration_file:string; }
table Schema { objects:[Object]; enums:[Enum]; file_ident:string;
  file_ext:string; root_table:Object; }
root_type Schema;
"""


def load(path, folder):
    """Returns the schema at `path` as comparable dictionaries."""
    text = open(path, encoding="utf-8").read()
    # Keep `(deprecated)` on fields (after a type), drop it elsewhere.
    text = re.sub(r"(=\s*\d+|Options)\s*\(deprecated\)(?=\s*[,{])", r"\1", text)
    source = os.path.join(folder, "schema.fbs")
    with open(source, "w", encoding="utf-8") as file:
        file.write(text)
    reflection = os.path.join(folder, "reflection.fbs")
    with open(reflection, "w", encoding="utf-8") as file:
        file.write(REFLECTION)
    run = lambda *args: subprocess.run(["flatc", "-o", folder, *args], check=True)
    run("-b", "--schema", "--bfbs-builtins", source)
    run("--json", "--strict-json", "--raw-binary", reflection, "--",
        os.path.join(folder, "schema.bfbs"))
    schema = json.load(open(os.path.join(folder, "schema.json"), encoding="utf-8"))
    short = lambda name: name.rsplit(".", 1)[-1]
    objects = [short(o["name"]) for o in schema["objects"]]
    enums = [short(e["name"]) for e in schema["enums"]]

    def type_name(kind):
        base, element = kind.get("base_type", "None"), kind.get("element", "None")
        index = kind.get("index", -1)
        name = f"{base}<{element}>" if base == "Vector" else base
        if index >= 0:
            is_object = "Obj" in (base, element)
            name += ":" + (objects if is_object else enums)[index]
        return name

    attributes = lambda x: sorted((a["key"], a.get("value", ""))
                                  for a in x.get("attributes", []))
    facts = {"identifier": schema["file_ident"], "extension": schema["file_ext"],
             "root": short(schema["root_table"]["name"])}
    for o in schema["objects"]:
        facts["table " + short(o["name"])] = len(o.get("fields", []))
        for f in o.get("fields", []):
            facts[f"field {short(o['name'])}.{f['name']}"] = (
                f.get("id", 0), type_name(f["type"]), f.get("default_integer", 0),
                f.get("default_real", 0.0), f.get("deprecated", False),
                f.get("optional", False), attributes(f))
    for e in schema["enums"]:
        facts["enum " + short(e["name"])] = (
            e.get("is_union", False), e["underlying_type"]["base_type"],
            [(v["name"], v.get("value", 0), type_name(v.get("union_type", {})))
             for v in e["values"]])
    return facts


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    ours = os.path.join(os.path.dirname(__file__), "..", "schema", "tflite.fbs")
    with tempfile.TemporaryDirectory() as a, tempfile.TemporaryDirectory() as b:
        left, right = load(ours, a), load(sys.argv[1], b)
    faults = [f"{key}: ours {left.get(key)}, theirs {right.get(key)}"
              for key in sorted(left.keys() | right.keys())
              if left.get(key) != right.get(key)]
    print("\n".join(faults) or f"the same in all {len(left)} facts")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
