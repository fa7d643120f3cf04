"""Reads the built-in target profiles, for the scripts that document and check them.

The C++ loader is the authority on what a profile means; this follows the same merge rule.
"""

import json
import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROFILE_DIR = ROOT / "lib" / "runtime" / "profiles"
SCHEMA_FILE = ROOT / "schema" / "profile.schema.json"

# Fields that describe a profile itself and so are not inherited through "extends".
OWN_FIELDS = frozenset(
    ["schema_version", "kind", "name", "title", "description", "note", "extends", "sources"])
# Fields of one kernel library that make no sense under another one's name.
KERNEL_FIELDS = ("revision", "features", "optimize_for", "variant")


class ProfileError(Exception):
    """A profile that cannot be read or resolved; the text says which and why."""


def _refuse_duplicates(pairs):
    result = {}
    for key, value in pairs:
        if key in result:
            raise ProfileError("the key \"%s\" appears twice" % key)
        result[key] = value
    return result


def read_json(path):
    """Returns the JSON document in a file; duplicate keys are an error."""
    try:
        return json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_refuse_duplicates)
    except (OSError, ValueError, ProfileError) as error:
        raise ProfileError("%s: %s" % (path.name, error)) from error


def profile_files():
    """Returns the paths of all built-in profiles, cores before boards, each sorted by name."""
    return sorted(PROFILE_DIR.glob("cores/*.json")) + sorted(PROFILE_DIR.glob("boards/*.json"))


def load_all():
    """Returns the built-in profiles as written, by name."""
    profiles = {}
    for path in profile_files():
        profile = read_json(path)
        name = profile.get("name", path.stem)
        if name in profiles:
            raise ProfileError("%s: there are two profiles named \"%s\"" % (path.name, name))
        profiles[name] = profile
    return profiles


def merge(base, over):
    """Returns base with the fields of over on top: objects key by key, all else replaced."""
    result = dict(base)
    for key, value in over.items():
        inherited = result.get(key)
        if isinstance(inherited, dict) and isinstance(value, dict):
            if key == "kernels" and value.get("name", inherited.get("name")) != inherited.get("name"):
                inherited = {k: v for k, v in inherited.items() if k not in KERNEL_FIELDS}
            value = merge(inherited, value)
        result[key] = value
    return result


def lineage(name, profiles):
    """Returns the profile's name and those it extends, nearest first."""
    names = []
    while name is not None:
        if name in names:
            raise ProfileError("\"%s\" extends itself (%s)" % (name, " -> ".join(names + [name])))
        if name not in profiles:
            raise ProfileError("\"%s\" extends \"%s\", which does not exist" % (names[-1], name)
                               if names else "there is no profile \"%s\"" % name)
        names.append(name)
        name = profiles[name].get("extends")
    return names


def resolve(name, profiles):
    """Returns the profile with everything that it inherits filled in."""
    result = {}
    for ancestor in reversed(lineage(name, profiles)):
        inheritable = {k: v for k, v in result.items() if k not in OWN_FIELDS}
        result = merge(inheritable, profiles[ancestor])
    return result
