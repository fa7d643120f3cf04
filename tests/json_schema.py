"""The part of JSON Schema 2020-12 that the schemas in schema/ use."""

import json
import re

ANNOTATIONS = frozenset(["$schema", "$id", "$comment", "$defs", "title", "description"])
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int,
         "number": (int, float), "null": type(None)}


class SchemaError(Exception):
    """A schema that this checker does not understand; the text says why."""


class Schema:
    """A schema; keywords that it does not know are an error."""

    def __init__(self, root, what="the document"):
        self.root = root
        self.what = what

    def faults(self, value):
        return list(self._faults(self.root, value, ""))

    def _faults(self, schema, value, at):
        if schema is True:
            return
        if schema is False:
            yield "%s must not be here" % (at or self.what)
            return
        for keyword, rule in schema.items():
            if keyword in ANNOTATIONS or keyword in ("then", "else"):
                continue  # then and else are read with "if"
            check = getattr(self, "_" + keyword.replace("$", ""), None)
            if check is None:
                raise SchemaError("the schema's keyword \"%s\" is unknown to this checker" % keyword)
            yield from check(schema, rule, value, at)

    def _ref(self, schema, rule, value, at):
        target = self.root
        for part in rule.removeprefix("#/").split("/"):
            target = target[part]
        yield from self._faults(target, value, at)

    def _type(self, schema, rule, value, at):
        names = rule if isinstance(rule, list) else [rule]
        if not any(self._is(value, name) for name in names):
            yield "%s is not of type %s" % (at or self.what, " or ".join(names))

    @staticmethod
    def _is(value, name):
        if name in ("integer", "number") and isinstance(value, bool):
            return False
        return isinstance(value, TYPES[name])

    def _const(self, schema, rule, value, at):
        if value != rule or isinstance(value, bool) != isinstance(rule, bool):
            yield "%s is not %s" % (at, json.dumps(rule))

    def _enum(self, schema, rule, value, at):
        if isinstance(value, bool) or value not in rule:
            yield "%s is %s, not one of %s" % (at, json.dumps(value), ", ".join(map(str, rule)))

    def _pattern(self, schema, rule, value, at):
        if isinstance(value, str) and not re.search(rule, value):
            yield "%s (\"%s\") does not match %s" % (at, value, rule)

    def _minLength(self, schema, rule, value, at):
        if isinstance(value, str) and len(value) < rule:
            yield "%s is too short" % at

    def _maxLength(self, schema, rule, value, at):
        if isinstance(value, str) and len(value) > rule:
            yield "%s is too long" % at

    def _minimum(self, schema, rule, value, at):
        if isinstance(value, (int, float)) and value < rule:
            yield "%s is below %s" % (at, rule)

    def _maximum(self, schema, rule, value, at):
        if isinstance(value, (int, float)) and value > rule:
            yield "%s is above %s" % (at, rule)

    def _minItems(self, schema, rule, value, at):
        if isinstance(value, list) and len(value) < rule:
            yield "%s has fewer than %d entries" % (at, rule)

    def _maxItems(self, schema, rule, value, at):
        if isinstance(value, list) and len(value) > rule:
            yield "%s has more than %d entries" % (at, rule)

    def _uniqueItems(self, schema, rule, value, at):
        if rule and isinstance(value, list) and len({json.dumps(v) for v in value}) != len(value):
            yield "%s has an entry twice" % at

    def _items(self, schema, rule, value, at):
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield from self._faults(rule, item, "%s[%d]" % (at, index))

    def _required(self, schema, rule, value, at):
        if isinstance(value, dict):
            for key in rule:
                if key not in value:
                    yield "%s is missing" % self._join(at, key)

    def _dependentRequired(self, schema, rule, value, at):
        if isinstance(value, dict):
            for key, needed in rule.items():
                if key in value:
                    yield from self._required(schema, needed, value, at)

    def _properties(self, schema, rule, value, at):
        if not isinstance(value, dict):
            return
        for key, item in value.items():
            if key in rule:
                yield from self._faults(rule[key], item, self._join(at, key))
            elif schema.get("additionalProperties") is False:  # A schema there is checked by itself.
                yield "%s is not a known key" % self._join(at, key)

    def _additionalProperties(self, schema, rule, value, at):
        if isinstance(value, dict) and isinstance(rule, dict):
            for key, item in value.items():
                if key not in schema.get("properties", {}):
                    yield from self._faults(rule, item, self._join(at, key))

    def _anyOf(self, schema, rule, value, at):
        branches = [list(self._faults(part, value, at)) for part in rule]
        if all(branches):
            # The branch that comes nearest says best what is wrong.
            yield from min(branches, key=len)

    def _allOf(self, schema, rule, value, at):
        for part in rule:
            yield from self._faults(part, value, at)

    def _not(self, schema, rule, value, at):
        if not list(self._faults(rule, value, at)):
            yield "%s is what it must not be" % (at or self.what)

    def _if(self, schema, rule, value, at):
        branch = "else" if list(self._faults(rule, value, at)) else "then"
        yield from self._faults(schema.get(branch, True), value, at)

    @staticmethod
    def _join(at, key):
        return "%s.%s" % (at, key) if at else key
