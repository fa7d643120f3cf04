#!/usr/bin/env python3
"""Checks every built-in profile against schema/profile.schema.json, and what a schema cannot say.

usage: validate_profiles.py [--self-test] [FILE.json ...]
Without files, the built-in profiles. Files are profiles that users wrote: held to the schema only,
and to naming a known profile in "extends". Exit 1 with one line per fault.
"""

import argparse
import copy
import json
import pathlib
import re
import sys

import jsonschema

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3] / "scripts"))
import tinyml_profiles as tp  # noqa: E402

# The cores that the command line promises.
CORES = frozenset("""x86-64 x86-32 cortex-m0 cortex-m0plus cortex-m3 cortex-m4 cortex-m7 cortex-m33
    cortex-m55 cortex-m85 esp32 esp32s2 esp32c3 esp32c6 esp32s3 esp32p4 rv32""".split())
# A path on somebody's machine rather than a source that a reader can find.
LOCAL_PATH = re.compile(r"(^|[\s(\"'])(/(home|root|work|tmp|usr|opt|mnt|var|Users)/|~/|[A-Za-z]:\\)")


def schema_faults(schema, profile):
    """Returns the schema's errors, the first in the document first."""
    return sorted(schema.iter_errors(profile), key=lambda fault: fault.json_path)


def words(fault):
    """Returns an error of the schema as one line."""
    return "%s: %s" % (fault.json_path.removeprefix("$").removeprefix(".") or "the profile", fault.message)


def cited(profile):
    """Returns the facts that the profile's sources claim to support."""
    return {what.strip() for source in profile.get("sources", []) for what in source["what"].split(",")}


def house_faults(path, profile, profiles):
    """Returns what is wrong with a built-in profile beyond the schema."""
    kind, name = profile["kind"], profile["name"]
    if name != path.stem:
        yield "its name is \"%s\", its file's \"%s\"" % (name, path.stem)
    if path.parent.name != kind + "s":
        yield "a %s does not belong in %s/" % (kind, path.parent.name)
    for key in ("title", "sources") + (("description",) if kind == "core" else ("mcu", "memory")):
        if key not in profile:
            yield "%s is missing" % key
    for what in ("ram_bytes", "flash_bytes") if kind == "board" else ("abi",):
        if not any(fact == what or fact.startswith(what + ".") for fact in cited(profile)):
            yield "no source is given for %s" % what
    if "clock_hz" in profile and "clock_hz" not in cited(profile):
        yield "no source is given for clock_hz"
    text = json.dumps(profile, ensure_ascii=False)
    if not text.isascii():
        yield "has characters outside ASCII"
    if LOCAL_PATH.search(text):
        yield "names a path of one machine"
    if kind == "board":
        if not any(m["bytes"] <= profile["ram_bytes"] for m in profile["memory"]):
            yield "ram_bytes is smaller than every memory that it lists"
        if profile["ram_bytes"] > sum(m["bytes"] for m in profile["memory"]):
            yield "ram_bytes is more than all its memories together"
        if len({m["name"] for m in profile["memory"]}) != len(profile["memory"]):
            yield "two memories have the same name"
        core = profiles[tp.lineage(name, profiles)[-1]]
        if core["kind"] != "core":
            yield "does not come from a core"


def resolved_faults(schema, name, profiles):
    """Returns what is wrong with a profile once it has what it inherits."""
    resolved = dict(tp.resolve(name, profiles))
    extends = resolved.pop("extends", None)
    for fault in schema_faults(schema, resolved):
        without_base = fault.validator == "required" and fault.message.startswith("'extends'")
        if not (extends and without_base):
            yield "with what it inherits: " + words(fault)


def check_one(schema, path, profile, profiles, built_in):
    """Returns all faults of one profile; later checks rely on what earlier ones found in order."""
    faults = [words(fault) for fault in schema_faults(schema, profile)]
    if faults:
        return faults
    known = dict(profiles)
    if not built_in:
        if profile["name"] in profiles:
            return ["its name \"%s\" is that of a built-in profile" % profile["name"]]
        known[profile["name"]] = profile
    try:
        faults = list(house_faults(path, profile, known)) if built_in else []
        faults += resolved_faults(schema, profile["name"], known)
    except tp.ProfileError as error:
        faults.append(str(error))
    return faults


def self_test(schema, profiles):
    """Breaks good profiles in one way each and returns the breakages that went unnoticed."""
    board, core = "nano-33-ble-sense", "cortex-m4"
    def put(*keys, value):
        def change(profile):
            for key in keys[:-1]:
                profile = profile[key]
            profile[keys[-1]] = value
        return change
    def drop(*keys):
        def change(profile):
            for key in keys[:-1]:
                profile = profile[key]
            del profile[keys[-1]]
        return change
    breakages = [
        (board, put("colour", value="red")), (board, put("memory", 0, "colour", value="red")),
        (board, drop("extends")), (board, drop("ram_bytes")), (board, drop("flash_bytes")), (board, drop("sources")),
        (board, put("ram_bytes", value="256K")), (board, put("ram_bytes", value=True)), (board, put("ram_bytes", value=0)),
        (board, put("ram_bytes", value=1.5)), (board, put("ram_bytes", value=1 << 41)), (board, put("kind", value="core")),
        (board, put("kind", value="boat")), (board, put("name", value="Nano 33")), (board, put("name", value="nano-34")),
        (board, put("extends", value="cortex-m99")), (board, put("extends", value=board)), (board, put("schema_version", value=2)),
        (board, put("schema_version", value=True)), (board, put("memory", value=[])), (board, put("title", value="")),
        (board, put("title", value="two\nlines")), (board, put("note", value="see /home/somebody/notes")),
        (board, put("sources", 0, "what", value="colour")), (board, drop("sources", 0, "where")),
        (board, put("kernels", value={"features": ["sse"]})), (board, put("kernels", value={"features": ["dsp", "dsp"]})),
        (board, put("kernels", value={"name": "reference"})), (board, put("kernels", value={"variant": "esp32"})),
        (core, drop("abi")), (core, drop("abi", "short_enums")), (core, put("abi", "short_enums", value=1)),
        (core, put("abi", "pointer_bytes", value=2)), (core, put("abi", "pointer_bytes", value=True)),
        (core, drop("kernels", "revision")), (core, put("kernels", "revision", value="main")),
        (core, put("kernels", "name", value="reference")), (core, put("kernels", "name", value="esp-nn")),
        (core, put("kernels", "optimize_for", value="fun")), (core, put("ram_bytes", value=1024)), (core, drop("description")),
    ]
    missed = []
    for number, (name, change) in enumerate(breakages):
        broken = copy.deepcopy(profiles[name])
        change(broken)
        path = tp.PROFILE_DIR / (profiles[name]["kind"] + "s") / (name + ".json")
        world = dict(profiles)
        world[name] = broken
        if not check_one(schema, path, broken, world, built_in=True):
            missed.append("self-test: breakage %d of %s went unnoticed" % (number, name))
    # What users may write.
    good = [
        {"schema_version": 1, "kind": "core", "name": "mine", "extends": "cortex-m4", "abi": {"short_enums": False}},
        {"schema_version": 1, "kind": "core", "name": "mine", "abi": dict(profiles[core]["abi"]),
         "runtime": dict(profiles[core]["runtime"]), "kernels": {"name": "reference", "revision": "90b983c2b3f1"}},
        {"schema_version": 1, "kind": "board", "name": "mine", "extends": board, "ram_bytes": 1000, "flash_bytes": 1000},
        {"schema_version": 1, "kind": "board", "name": "mine", "extends": "cortex-m33", "ram_bytes": 1000, "flash_bytes": 1000,
         "kernels": {"features": []}},
        {"schema_version": 1, "kind": "core", "name": "mine", "extends": "esp32s3",
         "kernels": {"name": "esp-nn-ansi", "revision": "d45b843ca5f8"}},
    ]
    for number, profile in enumerate(good):
        for fault in check_one(schema, pathlib.Path("mine.json"), profile, profiles, built_in=False):
            missed.append("self-test: good profile %d: %s" % (number, fault))
    return missed


def main():
    parser = argparse.ArgumentParser(description="Checks target profiles.")
    parser.add_argument("--self-test", action="store_true", help="also check that broken profiles are refused")
    parser.add_argument("files", nargs="*", type=pathlib.Path, metavar="FILE.json")
    arguments = parser.parse_args()
    schema = jsonschema.Draft202012Validator(tp.read_json(tp.SCHEMA_FILE))
    schema.check_schema(schema.schema)
    profiles = tp.load_all()
    faults = []
    paths = arguments.files or tp.profile_files()
    for path in paths:
        profile = tp.read_json(path)
        faults += ["%s: %s" % (path.name, fault)
                   for fault in check_one(schema, path, profile, profiles, not arguments.files)]
    if not arguments.files:
        faults += ["%s: this core is missing" % name for name in sorted(CORES - profiles.keys())]
    if arguments.self_test:
        faults += self_test(schema, profiles)
    for fault in faults:
        print(fault, file=sys.stderr)
    if not faults:
        print("%d profiles are in order" % len(paths))
    return 1 if faults else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except tp.ProfileError as error:
        sys.exit(str(error))
