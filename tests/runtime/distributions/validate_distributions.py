#!/usr/bin/env python3
"""Checks every distribution against schema/distribution.schema.json, and what a schema cannot say;
then, that the schema refuses distributions broken in one way each. Exit 1 with one line per fault.
"""

import copy
import json
import pathlib
import re
import sys

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "scripts"))
import tinyml_profiles as tp  # noqa: E402

LOCAL_PATH = re.compile(r"(^|[\s(\"'])(/(home|root|work|tmp|usr|opt|mnt|var|Users)/|~/|[A-Za-z]:\\)")


def faults_of(schema, name, distribution, cores):
    """Returns what is wrong with a distribution from the file `name`.json."""
    faults = ["%s: %s" % (fault.json_path, fault.message) for fault in schema.iter_errors(distribution)]
    if faults:
        return faults
    if distribution["name"] != name:
        faults.append("its name is \"%s\"" % distribution["name"])
    for build in distribution["builds"]:
        for prefix in build.get("on", []):
            if not any(core.startswith(prefix) for core in cores):
                faults.append("no core's name starts with \"%s\"" % prefix)
    text = json.dumps(distribution, ensure_ascii=False)
    if not text.isascii():
        faults.append("has characters outside ASCII")
    if LOCAL_PATH.search(text):
        faults.append("names a path of one machine")
    return faults


def unnoticed(schema, good, cores):
    """Returns the ways of breaking a good distribution that nothing was said about."""
    broken = [
        {"colour": "red"}, {"schema_version": 2}, {"name": "Chirale 2"}, {"static_memory": "off"}, {"measured": None},
        {"builds": []}, {"builds": [{"on": ["cortex-m4"]}]}, {"builds": [{"kernels": "cmsis-nn"}]},
        {"builds": [{"kernels": "reference", "on": ["cortex-x9"]}]}, {"builds": [{"kernels": "reference", "on": []}]},
        {"builds": [{"kernels": "reference", "features": ["sse"]}]}, {"runtime": {"name": "tflm"}}, {"upstream": {}},
        {"runtime": {"name": "torch", "revision": "1"}}, {"upstream": {"commit": "main"}}, {"adds": ["logistic-table"]},
        {"sources": []}, {"install": ""}, {"title": "two\nlines"}, {"identify": "see /home/somebody/notes"},
    ]
    for change in broken:
        distribution = copy.deepcopy(good)
        distribution.update(change)
        if not faults_of(schema, good["name"], distribution, cores):
            yield "self-test: %s went unnoticed" % json.dumps(change)


def main():
    schema = jsonschema.Draft202012Validator(tp.read_json(ROOT / "schema" / "distribution.schema.json"))
    schema.check_schema(schema.schema)
    profiles = tp.load_all()
    cores = [name for name, profile in profiles.items() if profile["kind"] == "core"]
    paths = sorted((ROOT / "lib" / "runtime" / "distributions").glob("*.json"))
    faults = []
    for path in paths:
        distribution = tp.read_json(path)
        faults += ["%s: %s" % (path.name, fault) for fault in faults_of(schema, path.stem, distribution, cores)]
    faults += unnoticed(schema, tp.read_json(paths[0]), cores)
    for fault in faults:
        print(fault, file=sys.stderr)
    if not faults:
        print("%d distributions are in order" % len(paths))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
